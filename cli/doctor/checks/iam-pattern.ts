/** Whether `text` matches a pattern of IAM: `*` stands for any number of characters, and `?` for one. */
export function matchesPattern(pattern: string, text: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 's').test(text);
}

/** The same for ARNs: no wildcard stands for one of the colons that divide the six parts of an ARN. */
export function matchesArnPattern(pattern: string, arn: string): boolean {
  const parts = partsOf(pattern);
  return partsOf(arn).every((part, at) => matchesPattern(parts[at] ?? '', part));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...Array.from({ length: 5 }, (_, at) => parts[at] ?? ''), parts.slice(5).join(':')];
}
