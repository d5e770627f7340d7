/** The largest event that the bus takes, in bytes. */
export const LARGEST_EVENT_BYTES = 262_144;

/** Why a text cannot be an event, for the person who gave it. `undefined` if it can. */
export function problemOfText(text: string): string | undefined {
  const bytes = new TextEncoder().encode(text).length;
  return bytes > LARGEST_EVENT_BYTES ? tooLarge('The text', bytes) : undefined;
}

/** Why a file cannot be an event. It is judged before it is read. `undefined` if it can. */
export function problemOfFile({ name, size }: { readonly name: string; readonly size: number }): string | undefined {
  if (size === 0) return `${name} is empty. Choose a file with an event, or with the detail of a release.`;
  return size > LARGEST_EVENT_BYTES ? tooLarge(name, size) : undefined;
}

/**
 * The text of a file, with its byte order mark, so that the service's own rules judge it. `undefined` if the bytes are not UTF-8: a text with
 * other characters in place of them would be published without a word.
 */
export function textOfFile(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What to do with a file that {@link textOfFile} cannot read. */
export function notUtf8(name: string): string {
  return `${name} is not UTF-8. Save it as UTF-8 without a byte order mark, and choose it again.`;
}

function tooLarge(what: string, bytes: number): string {
  return `${what} has ${Math.ceil(bytes / 1024)} KiB. The bus takes at most ${LARGEST_EVENT_BYTES / 1024} KiB.`;
}
