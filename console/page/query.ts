import { useLocation } from 'preact-iso';

/** A member of the address's query, and what sets it. An empty text removes it. The address can be sent to somebody else. */
export function useQuery(name: string): [value: string, set: (value: string) => void] {
  const { path, query, route } = useLocation();
  const set = (value: string): void => {
    const next = new URLSearchParams(location.search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    route(text === '' ? path : `${path}?${text}`, true);
  };
  return [query[name] ?? '', set];
}
