import { useEffect } from 'preact/hooks';
import { useSession } from './session.ts';

/** Names the tab: what is shown, on which stage. */
export function useTitle(title: string): void {
  const { stage } = useSession();
  useEffect(() => {
    document.title = `${title} · ${stage} · OTA Dispatch`;
  }, [title, stage]);
}
