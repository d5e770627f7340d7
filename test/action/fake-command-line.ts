import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program `ota` that prints the words it got and its Region to a file, and then an answer. `OTA_ANSWER` is the answer, and `OTA_STATUS`
 * its exit status. With `OTA_HANG` it waits for a signal.
 */
const program = `
const { writeFileSync } = require('node:fs');
const { OTA_SEEN, OTA_ANSWER, OTA_STATUS, OTA_HANG, AWS_REGION, AWS_SECRET_ACCESS_KEY } = process.env;
writeFileSync(OTA_SEEN, JSON.stringify({ words: process.argv.slice(2), region: AWS_REGION, secret: AWS_SECRET_ACCESS_KEY }));
console.error('::error::from the release');
if (OTA_HANG) {
  setInterval(() => undefined, 1000);
} else {
  process.stdout.write(OTA_ANSWER ?? '');
  process.exitCode = Number(OTA_STATUS ?? 0);
}
`;

/** Writes the package of such a program into a folder. */
function writePackage(folder: string, name: string, bin: object, scripts: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', bin, scripts }));
  writeFileSync(join(folder, 'ota.cjs'), program);
}

/** Packs such a program into a folder and answers the file. If npm ran its script at the installation, the file `install-ran` is there. */
export function packFake(folder: string, bin: object = { ota: 'ota.cjs' }): string {
  const source = join(folder, 'fake');
  writePackage(source, 'ota-dispatch-cli', bin, { install: `touch '${join(folder, 'install-ran')}'` });
  const packed = join(folder, 'packed');
  mkdirSync(packed, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: source });
  return join(packed, readdirSync(packed)[0] ?? '');
}

/**
 * A checkout of this repository as far as the action needs it: it packs the program in its workspace. The file `prepack-env` then has the
 * environment of the scripts.
 */
export function fakeCheckout(folder: string, action: string): string {
  const checkout = join(folder, 'checkout');
  const workspace = 'packages/ota-dispatch-cli';
  writePackage(join(checkout, workspace), 'ota-dispatch-cli', { ota: 'ota.cjs' }, { prepack: `env > '${join(folder, 'prepack-env')}'` });
  const own = { name: 'ota-dispatch', version: '1.0.0', workspaces: ['packages/*'] };
  writeFileSync(join(checkout, 'package.json'), JSON.stringify(own));
  execFileSync('cp', ['-r', action, join(checkout, 'action')]);
  execFileSync('npm', ['install', '--package-lock-only', '--offline', '--silent'], { cwd: checkout });
  return checkout;
}
