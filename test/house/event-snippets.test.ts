import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/installation.ts';
import { snippetsOf } from '../../scripts/snippets.ts';
import { installEvents } from '../support/installed-events.ts';

const project = mkdtempSync(join(tmpdir(), 'event-snippets-'));
beforeAll(async () => {
  await installEvents(project);
  symlinkSync(join(root, 'node_modules/@types'), join(project, 'node_modules/@types'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(project, { recursive: true }));

const blocksOf = (page: string, runner: string): string[] =>
  snippetsOf(page).flatMap((snippet) => (snippet.runner === runner && snippet.language !== 'sh' ? [snippet.text] : []));

/** Runs Node in the project. Answers what it printed. Throws if it failed. */
const node = (...args: readonly string[]): string =>
  execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' });

/** Fails with what the compiler says of a program. */
function compile(name: string): void {
  const options = '--ignoreConfig --noEmit --strict --target es2024 --module nodenext --types node --resolveJsonModule'.split(' ');
  node(join(root, 'node_modules/typescript/bin/tsc'), ...options, name);
}

describe('docs/how-to/consume-outcomes.md', () => {
  const [consumer = '', ...others] = blocksOf('docs/how-to/consume-outcomes.md', 'check');
  const envelope = { version: '0', id: 'i', source: 'ota-dispatch', account: 'a', time: 't', region: 'r', resources: [] };
  const handle = (detailType: string, changes: object = {}): string => {
    const name = `${detailType.toLowerCase().replaceAll(' ', '-')}.example.json`;
    const detail = { ...JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')), ...changes };
    const event = JSON.stringify({ ...envelope, 'detail-type': detailType, detail });
    return node('--input-type=module', '-e', `await (await import('./consumer.ts')).handler(${event})`).trim();
  };
  beforeAll(() => writeFileSync(join(project, 'consumer.ts'), consumer));

  it('has one function, and its types are right', () => {
    expect(others).toEqual([]);
    compile('consumer.ts');
  });

  it('makes a line for people of each event that its rule selects', () => {
    expect(handle('OTA Rollout Completed')).toBe('thermostat 2.4.1 on beta: partial, 97 devices have it');
    expect(handle('OTA Rollout Failed')).toMatch(/^thermostat 2\.4\.1 on beta: [A-Z_]+: /);
    expect(handle('OTA Release Rejected')).toMatch(/^rejected: [A-Z_]+ at \S+: /);
  });

  it('is silent about others, and lets new members pass', () => {
    expect(handle('OTA Rollout Created')).toBe('');
    expect(handle('OTA Rollout Completed', { later: 1 })).toContain('97 devices');
  });

  it('throws at an event that it cannot read, so that Lambda keeps it', () => {
    expect(() => handle('OTA Rollout Completed', { result: 'maybe' })).toThrow('INVALID_OUTCOME at result');
  });
});

describe('docs/reference/events.md', () => {
  it('shows what the checks print, in a program whose types are right', () => {
    const [program = ''] = blocksOf('docs/reference/events.md', 'check').filter((text) => text.includes('checkRelease'));
    writeFileSync(join(project, 'program.ts'), program);
    compile('program.ts');
    expect(blocksOf('docs/reference/events.md', 'output')).toContain(node('program.ts'));
  });

  it('finds the schemas by name', () => {
    const [program = ''] = blocksOf('docs/reference/events.md', 'check').filter((text) => text.includes('createRequire'));
    writeFileSync(join(project, 'schemas.ts'), program);
    compile('schemas.ts');
    expect(node('schemas.ts')).toMatch(/^Firmware Release Published\n\S+\/node_modules\/ota-dispatch\/schemas\/channels\.schema\.json\n$/);
  });
});
