import { isRecord, type Segment } from 'aws-ota-models';

/** The value without the empty texts that `aws --generate-cli-skeleton` writes, and their paths. A prefix of S3 may be empty. */
export function withoutEmptyTexts(given: unknown): { readonly value: unknown; readonly empty: readonly (readonly Segment[])[] } {
  const empty: (readonly Segment[])[] = [];
  const isEmpty = (value: unknown, path: readonly Segment[]) => {
    if (value !== '' || path.at(-1) === 'prefix' || isUsersOwn(path)) return false;
    empty.push(path);
    return true;
  };
  const clean = (value: unknown, path: readonly Segment[]): unknown => {
    if (Array.isArray(value)) {
      const kept = value.map((item, index) => [item, [...path, index]] as const).filter(([item, at]) => !isEmpty(item, at));
      return kept.map(([item, at]) => clean(item, at));
    }
    if (!isRecord(value)) return value;
    const kept = Object.entries(value).filter(([name, item]) => !isEmpty(item, [...path, name]));
    return Object.fromEntries(kept.map(([name, item]) => [name, clean(item, [...path, name])]));
  };
  return { value: clean(given, []), empty };
}

/** Whether AWS accepts an empty text there, as the value of a tag, a parameter or an attribute. */
function isUsersOwn(path: readonly Segment[]): boolean {
  return path.at(-1) === 'Value' || ['attributes', 'additionalParameters', 'Tags'].includes(String(path.at(-2)));
}
