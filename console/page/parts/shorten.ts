/** A text of at most `longest` characters: what is too long loses its middle, because ids differ most at their ends. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const kept = Math.max(2, longest - 1);
  const end = Math.floor(kept / 2);
  return `${text.slice(0, kept - end)}…${text.slice(text.length - end)}`;
}
