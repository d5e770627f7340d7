import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { windowOf } from './windowing.ts';

/** Rows that are drawn beyond those that are seen. */
const SPARE = 8;

/** Which rows of a list to draw, as it is scrolled and changes its size. `scroller` is what scrolls. */
export function useWindow(scroller: RefObject<HTMLElement | null>, rows: number, rowHeight: number) {
  const [{ top, height }, setView] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      // Within a row nothing changes, and then nothing is drawn.
      const top = Math.floor(element.scrollTop / rowHeight) * rowHeight;
      const height = element.clientHeight;
      setView((before) => (before.top === top && before.height === height ? before : { top, height }));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, rowHeight]);
  return windowOf({ rows, rowHeight, height, top, spare: SPARE });
}
