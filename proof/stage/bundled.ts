import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { CODE, copyService, EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { mutantCalled } from '../simulate/mutants.ts';
import { patchedFiles } from '../simulate/mutate.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Bundles the functions as packaging does, into a new folder that the caller removes. Bundles are made of files, not of
 * loaded modules, so the patches of `OTA_MUTANT` are applied here.
 */
export async function bundleAlone(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-bundle-'));
  copyService(folder, [...CODE, 'domain', EXAMPLE_CHANNELS, 'package.json']);
  const wrong = process.env['OTA_MUTANT'];
  const patches = wrong === undefined ? [] : mutantCalled(wrong).patches;
  for (const [file, text] of patchedFiles(patches)) writeFileSync(join(folder, relative(ROOT, file)), text);
  await bundle({ root: folder, channels: EXAMPLE_CHANNELS, say: () => undefined });
  return folder;
}
