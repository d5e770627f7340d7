import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { packCommandLine, packSmallCommandLine } from './command-line.ts';
import { packDocs } from './docs.ts';
import { packEvents } from './events.ts';
import { packHandlers } from './handlers.ts';
import { packInfrastructure } from './infrastructure.ts';
import { notices } from './notices.ts';
import { packPage } from './page.ts';
import type { Part } from './part.ts';
import { packTemplate } from './template.ts';

/** The packages that `npm pack` makes, with the parts of lib/ in each. */
const partsOf = {
  'ota-dispatch': [packCommandLine, packInfrastructure, packHandlers, packTemplate, packPage, packEvents, packDocs],
  'ota-dispatch-cli': [packSmallCommandLine, packPage],
} as const satisfies Record<string, readonly Part[]>;

/** The name of a package that is built here. */
export type PackageName = keyof typeof partsOf;

/** Whether a package of this name is built here. */
export const isPackageName = (name: string): name is PackageName => Object.hasOwn(partsOf, name);

/**
 * Builds what `npm pack` adds to the files of the repository: lib/ and THIRD-PARTY-NOTICES.txt in `folder`, in place of those of before.
 * Answers the metafiles of all that is bundled. Throws if a part cannot be built.
 */
export async function buildPackage(folder: string, name: PackageName = 'ota-dispatch'): Promise<Metafile[]> {
  const out = join(folder, 'lib');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const metafiles: Metafile[] = [];
  for (const part of partsOf[name]) metafiles.push(...(await part(out)));
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), notices(name, metafiles));
  return metafiles;
}
