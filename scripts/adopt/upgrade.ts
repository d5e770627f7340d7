import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Adoption, succeeded } from './adoption.ts';

/** What the second version of the package changes in the template: a permission, and a property. */
export const CHANGED = { action: 'xray:GetSamplingRules', queue: 'FollowUpsQueue', property: 'MessageRetentionPeriod', value: 345_601 };

/** The texts of the package's files that become others. */
const CHANGES: readonly (readonly [file: string, from: string, to: string])[] = [
  ['roles.yml', 'xray:PutTelemetryRecords]', `xray:PutTelemetryRecords, ${CHANGED.action}]`],
  ['follow-ups.yml', `${CHANGED.property}: 345600\n`, `${CHANGED.property}: ${CHANGED.value}\n`],
];

/** Makes a later version of a packed package, with other infrastructure. Answers its tarball. Throws if a text to change is not there. */
export async function packNextVersion(adoption: Adoption, tarball: string): Promise<string> {
  const folder = mkdtempSync(join(dirname(tarball), 'next-'));
  succeeded(await adoption.run(folder, 'tar', '-xzf', tarball));
  const contents = join(folder, 'package');
  for (const [file, from, to] of CHANGES) {
    const path = join(contents, 'lib', 'infrastructure', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} of the package has no longer the text ${JSON.stringify(from)}`);
    writeFileSync(path, text.replace(from, to));
  }
  const manifest = JSON.parse(readFileSync(join(contents, 'package.json'), 'utf8')) as { version: string; scripts?: object };
  const [major = '0', minor = '0'] = manifest.version.split('.');
  const version = `${major}.${Number(minor) + 1}.0`;
  writeFileSync(join(contents, 'package.json'), JSON.stringify({ ...manifest, version, scripts: {} }, null, 2));
  succeeded(await adoption.run(contents, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder));
  return join(folder, basename(tarball).replace(manifest.version, version));
}
