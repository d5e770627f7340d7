import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CannotBegin, installTools } from './tools.ts';

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ota-foreign-tools-'));
  said = [];
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A python3 that says this version. The `pip` of its virtual environments ends with the given status. */
function python(version: string, pip = 0): void {
  const script = `#!/bin/sh
if [ "$1" = -c ]; then echo ${version}; exit 0; fi
/bin/mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "no route to host" >&2\\nexit ${pip}\\n' > "$3/bin/pip"
/bin/chmod +x "$3/bin/pip"
`;
  writeFileSync(join(folder, 'python3'), script);
  chmodSync(join(folder, 'python3'), 0o755);
}

const install = () => installTools((line) => said.push(line), folder);
const problem = async () =>
  install().then(
    () => 'none',
    (error: Error) => (error instanceof CannotBegin ? error.message : error),
  );

describe('the Python packages of npm run foreign', () => {
  it('are installed once, and again when requirements.txt changed', async () => {
    python('3.11');
    expect(await install()).toMatchObject({ ministack: join(folder, 'venv', 'bin', 'ministack') });
    await install();
    expect(said).toHaveLength(1);
    writeFileSync(join(folder, 'venv', 'installed.txt'), 'other==1');
    await install();
    expect(said).toHaveLength(2);
  });

  it('need a python3', async () => {
    expect(await problem()).toBe('there is no python3 on the PATH: install Python 3.10 or newer');
  });

  it('need a python3 that is new enough', async () => {
    python('3.9');
    expect(await problem()).toBe('Python 3.10 or newer is required, but python3 is 3.9');
  });

  it('need the network at first, and are tried again after that', async () => {
    python('3.12', 1);
    expect(await problem()).toMatch(/^pip cannot install .+: the first run needs the network and a package index\.\nno route to host$/);
    expect(existsSync(join(folder, 'venv', 'installed.txt'))).toBe(false);
  });

  it('have exact versions', () => {
    const lines = readFileSync(join(import.meta.dirname, 'requirements.txt'), 'utf8').split('\n');
    const packages = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(packages.length).toBeGreaterThan(3);
    expect(packages.filter((line) => !/^[\w.-]+==[\w.]+$/.test(line))).toEqual([]);
  });
});
