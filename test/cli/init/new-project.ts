import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otaInProcess } from '../in-process.ts';
import { packageTarball } from './package-tarball.ts';

/** A folder for new projects, with a package on which they can depend. */
export function newProjects() {
  const folder = mkdtempSync(join(tmpdir(), 'ota-init-'));
  const tarball = join(folder, 'ota-dispatch-1.2.3.tgz');
  writeFileSync(tarball, packageTarball({ name: 'ota-dispatch', version: '1.2.3' }));
  let made = 0;
  return {
    folder,
    tarball,
    remove: () => rmSync(folder, { recursive: true }),
    /** Types `ota init` in a new folder, with the answers that have no default. Answers what was printed, and the files of the project. */
    async init(...options: readonly string[]) {
      made += 1;
      const project = join(folder, `project-${made}`);
      const required = { '--product': 'thermostat', '--bucket': 'acme-firmware', '--package': tarball };
      const missing = Object.entries(required).filter(([option]) => !options.includes(option));
      const printed = await otaInProcess('init', project, ...missing.flat(), ...options);
      return { project, ...printed, read: (path: string) => readFileSync(join(project, path), 'utf8') };
    },
    /** Writes a JSON file, and answers its path. */
    json(name: string, content: unknown) {
      const file = join(folder, name);
      writeFileSync(file, JSON.stringify(content));
      return file;
    },
  };
}
