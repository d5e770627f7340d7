import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/installation.ts';
import { placeOf, type Snippet, snippetsOf } from '../../scripts/snippets.ts';
import { installEvents } from '../support/installed-events.ts';
import { type RunningService, startService } from '../support/running-service.ts';
import { shellCommands } from '../support/shell-commands.ts';

/** What installs and starts is there already: the service of this test runs as `npm start` runs it. */
const GIVEN = /^(?:npm install|npm start|npm test)\b/;

let service: RunningService;
let folder: string;
beforeAll(async () => {
  service = await startService();
  folder = mkdtempSync(join(tmpdir(), 'ota-snippets-'));
  symlinkSync(join(root, 'examples'), join(folder, 'examples'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await service.stop();
});

const checked = (page: string, language: string): Snippet[] =>
  snippetsOf(page).filter((snippet) => snippet.runner === 'check' && snippet.language === language);

describe('What a person types', () => {
  it.each(['README.md', 'docs/tutorial/first-rollout.md'])(
    'on the page %s works, in its order, on the local service',
    { timeout: 180_000 },
    async (page) => {
      const snippets = checked(page, 'sh');
      const commands = snippets.flatMap((snippet) => snippet.text.split('\n').map((line) => [placeOf(snippet), line] as const));
      expect(commands.filter(([, line]) => line.startsWith('npm run ota -- ')).length).toBeGreaterThan(5);
      for (const [place, line] of commands) expect(await type(line), `${place}: ${line}`).toEqual('done');
    },
  );
});

describe('A producer in TypeScript', () => {
  const page = 'docs/how-to/produce-events.md';

  it('has right types, and its release completes', async () => {
    const [producer, ...others] = checked(page, 'ts');
    expect(others).toEqual([]);
    mkdirSync(join(folder, 'producer'));
    const file = join(folder, 'producer', 'publish-release.ts');
    writeFileSync(file, producer?.text ?? '');
    writeFileSync(join(folder, 'camera.bin'), 'a camera');
    await installEvents(join(folder, 'producer'));
    const options = '--noEmit --strict --target es2024 --module nodenext --skipLibCheck --types node'.split(' ');
    expect(await node(join(root, 'node_modules/typescript/bin/tsc'), ...options, file)).toEqual('done');
    expect(await node(file, '9.4.1', 'camera.bin')).toEqual('done');
    await service.rowWhen('camera', '9.4.1', 'canary', ({ state }) => state === 'COMPLETED');
  });
});

/** Carries out a line of a shell. Answers `done`, or its exit status and what it printed. */
async function type(line: string): Promise<string> {
  const [command = []] = shellCommands(line);
  if (command.length === 0 || GIVEN.test(line)) return 'done';
  const written = /^echo (.*) > (\S+)$/.exec(line);
  if (written) {
    writeFileSync(join(folder, written[2] ?? ''), `${written[1]}\n`);
    return 'done';
  }
  const [npm, run, ota, dashes, ...args] = command;
  if ([npm, run, ota, dashes].join(' ') !== 'npm run ota --') return 'is not a command that this test can run';
  return node(join(root, 'cli/main.ts'), ...args);
}

/** Runs a program of Node where the person is, against the local service. */
function node(...args: readonly string[]): Promise<string> {
  const { endpoint, region } = service.cloud;
  const environment = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', NO_COLOR: '1' };
  const env = { ...process.env, ...environment, BUS: 'firmware-local' };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve(error ? `${error.code}\n${stdout}${stderr}` : 'done'),
    );
  });
}
