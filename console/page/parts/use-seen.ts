import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** How far below the window something counts as seen, so that it is drawn before it is there. */
const AHEAD = '800px';

/** Whether an element was in sight once, or is about to be. `isSeen` says so from the beginning. */
export function useSeen(element: RefObject<HTMLElement | null>, isSeen: boolean): boolean {
  const [seen, setSeen] = useState(isSeen);
  useEffect(() => {
    if (seen || element.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, seen]);
  return seen;
}
