/** A pattern of the software package catalog: `${aws:iot:package:NAME:version:VERSION:…}`. Both names may be empty. */
const PACKAGE = /^iot:package:([^:]*):version:([^:]*):/;
const VERSION_ARN =
  /^(arn:aws[a-z-]*:iot:[a-z0-9-]+:\d{12}:package\/([a-zA-Z0-9_.-]{1,128})\/version\/)(\$default|\$null|[a-zA-Z0-9_.-]{1,64})$/;

/** The version that each package has by default. The catalog itself is not implemented. */
export type DefaultVersions = Readonly<Record<string, string>>;

/** Whether a text has the form of a package version's ARN. `$default` and `$null` are versions, too. */
export function isPackageVersionArn(text: string): boolean {
  return VERSION_ARN.test(text);
}

/** The ARN with the version in place of `$default`, if the package is known to have one. */
export function resolveVersionArn(arn: string, defaults: DefaultVersions): string {
  const [, prefix, name = '', version] = VERSION_ARN.exec(arn) ?? [];
  const found = version === '$default' && Object.hasOwn(defaults, name) ? defaults[name] : undefined;
  return found === undefined ? arn : `${prefix}${found}`;
}

/** What is wrong with a pattern of the catalog, in AWS's words (developer guide, "Software package catalog troubleshooting"). */
export function packageProblem(inner: string, destinations: readonly string[]): string | undefined {
  const [, name, version] = PACKAGE.exec(inner) ?? [];
  if (name === undefined || version === undefined) return undefined;
  if (version === '$null') return '$null is not allowed in a job document.';
  if ((name === '') !== (version === '')) return 'Empty package name and version name have to be used in pair.';
  return name === '' && destinations.length !== 1
    ? 'Cannot resolve empty package name and version name given multiple elements in destination package versions.'
    : undefined;
}

/** The pattern with names in place of empty ones and of `$default`. Values are not looked up, because there is no catalog. */
export function resolvePackage(inner: string, destinations: readonly string[], defaults: DefaultVersions): string {
  return inner.replace(PACKAGE, (all, name: string, version: string) => {
    const [, , onlyName, onlyVersion] = VERSION_ARN.exec(resolveVersionArn(destinations[0] ?? '', defaults)) ?? [];
    if (name === '' && onlyName !== undefined) return `iot:package:${onlyName}:version:${onlyVersion}:`;
    const found = version === '$default' && Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    return found === undefined ? all : `iot:package:${name}:version:${found}:`;
  });
}
