/** The longest version that the service accepts, in characters. */
export const longestVersion = 64;

/** A version as the specification of SemVer 2.0.0 defines it. Many tools also accept a leading `v`, but SemVer does not. */
export const semVerPattern =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** Whether `text` is a SemVer 2.0 version of at most {@link longestVersion} characters. */
export function isVersion(text: string): boolean {
  return text.length <= longestVersion && semVerPattern.test(text);
}

/** A version without its build metadata, which does not count for precedence: `2.4.1+ci.7` becomes `2.4.1`. */
export function withoutBuild(version: string): string {
  const plus = version.indexOf('+');
  return plus === -1 ? version : version.slice(0, plus);
}

/**
 * The precedence of two versions (SemVer, section 11): negative if `a` is older than `b`, positive if it is newer. It is 0
 * if they differ in build metadata only, or not at all. Both must be valid SemVer.
 *
 * It compares numbers of any length exactly. The semver package would reject valid versions with numbers above 2^53.
 */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = partsOf(a);
  const [coreB, preB] = partsOf(b);
  const core = compareLists(coreA, coreB, compareNumbers);
  if (core !== 0) return core;
  if (preA.length === 0 || preB.length === 0) return Math.sign(preB.length - preA.length);
  return compareLists(preA, preB, compareIdentifiers);
}

/** The order of two releases of one product: by version, then by revision. Negative if `a` is older, 0 if neither is newer. */
export function compareReleases(
  a: { readonly version: string; readonly revision: number },
  b: { readonly version: string; readonly revision: number },
): number {
  return compareVersions(a.version, b.version) || Math.sign(a.revision - b.revision);
}

/** The numbers of a version, and the identifiers behind its hyphen. Build metadata is left out. */
export function partsOf(version: string): [core: string[], prerelease: string[]] {
  const plain = withoutBuild(version);
  const dash = plain.indexOf('-');
  if (dash === -1) return [plain.split('.'), []];
  return [plain.slice(0, dash).split('.'), plain.slice(dash + 1).split('.')];
}

function compareLists(a: readonly string[], b: readonly string[], compare: (x: string, y: string) => number): number {
  for (const [index, x] of a.entries()) {
    const y = b[index];
    if (y === undefined) return 1;
    const order = compare(x, y);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}

function compareIdentifiers(a: string, b: string): number {
  const numericA = /^\d+$/.test(a);
  const numericB = /^\d+$/.test(b);
  if (numericA && numericB) return compareNumbers(a, b);
  if (numericA !== numericB) return numericA ? -1 : 1;
  return compareTexts(a, b);
}

function compareNumbers(a: string, b: string): number {
  return Math.sign(a.length - b.length) || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
