import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { type Licensed, shippedPackages } from './licences.ts';

/** What is read here of a list of CycloneDX. */
type Bom = {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
};

/** The list of CycloneDX that npm makes of the lockfile, with no package but those of `shipped`. Each has its hash and its licence. */
export function billOfMaterials(root: string, shipped: readonly Licensed[]): Bom {
  const text = execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], { cwd: root, encoding: 'utf8' });
  const all = JSON.parse(text) as Bom;
  const refs = new Set(shipped.map(({ name, version }) => `${name}@${version}`));
  const own = all.metadata.component['bom-ref'];
  const isKept = (ref: string) => ref === own || refs.has(ref);
  return {
    ...all,
    components: all.components.filter((component) => isKept(component['bom-ref'])),
    dependencies: all.dependencies
      .filter(({ ref }) => isKept(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => each !== own && isKept(each)) })),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(billOfMaterials(process.cwd(), await shippedPackages(process.cwd())), null, 2));
