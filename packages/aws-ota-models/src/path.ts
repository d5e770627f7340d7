/** One step of a path: the name of a member or the index of an item. */
export type Segment = string | number;

const identifier = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const longestName = 64;

/**
 * A path in member notation: `artifacts[0].sha256`, `tags["odd name"]`, `$` without segments. Names may come from a hostile
 * body, so the result is printable ASCII, and a name of more than 64 characters is cut.
 */
export function formatPath(segments: readonly PropertyKey[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else path += formatName(String(segment), path === '');
  }
  return path === '' ? '$' : path;
}

/** The kind of a value for messages, never the value: `a number`, `text of 12 characters`, `null`, `a list of 2`. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return textOf([...value].length);
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

/** Whether a value is an object in the sense of JSON, neither a list nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function formatName(name: string, first: boolean): string {
  if (identifier.test(name) && name.length <= longestName) return first ? name : `.${name}`;
  const cut = name.length > longestName ? `${name.slice(0, longestName)}...` : name;
  const escaped = JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `[${escaped}]`;
}

function textOf(characters: number): string {
  return `text of ${characters} character${characters === 1 ? '' : 's'}`;
}
