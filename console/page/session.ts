import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from '../api.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of the page. Only what is below {@link SessionContext} may use it. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('there is no session yet');
  return session;
}
