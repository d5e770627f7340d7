import { cpSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { mutantCalled } from '../simulate/mutants.ts';
import { patchedFiles } from '../simulate/mutate.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = ['handlers', 'adapters', 'domain', 'channels.yml', 'package.json'];

/**
 * Bundles the functions as packaging does, into a new folder that the caller removes. Bundles are made of files, not of
 * loaded modules, so the patches of `OTA_MUTANT` are applied here.
 */
export async function bundleAlone(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-bundle-'));
  for (const source of SOURCES) cpSync(join(ROOT, source), join(folder, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const wrong = process.env['OTA_MUTANT'];
  const patches = wrong === undefined ? [] : mutantCalled(wrong).patches;
  for (const [file, text] of patchedFiles(patches)) writeFileSync(join(folder, relative(ROOT, file)), text);
  await bundle({ root: folder, say: () => undefined });
  return folder;
}
