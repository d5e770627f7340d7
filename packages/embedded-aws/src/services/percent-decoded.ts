/** A part of a path without its percent-encoding. A text that is not percent-encoded is answered as it was given. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
