import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandNames } from '../../cli/commands.ts';
import { candidates } from '../../cli/completion/candidates.ts';
import { channelsByProduct } from '../../cli/completion/names.ts';
import { shells, wordsOf } from '../../cli/completion/words.ts';
import { executionStates } from '../../operator/devices/execution.ts';
import { root } from '../../scripts/installation.ts';
import { otaInProcess } from './in-process.ts';

const names = {
  stages: () => ['local', 'prod', 'proto'],
  channelsByProduct: (_stage: string, file: string | undefined) =>
    new Map(file === undefined ? [['thermostat', ['beta', 'stable']] as const, ['hub', ['all']] as const] : [['lock', ['lab']] as const]),
};

const at = (...line: readonly string[]) => candidates(line, names).words;

describe('completion offers', () => {
  it.each<[what: string, line: string[], words: string[]]>([
    ['the commands that begin so', ['re'], ['rejected', 'resume', 'redrive']],
    ['the commands after help', ['help', 'with'], ['withdraw']],
    ['the options of a command', ['status', '--'], ['--stage', '--endpoint', '--json', '--help', '--live', '--failed', '--since']],
    ['a flag once', ['status', '--live', '--l'], []],
    ['the stages', ['status', '--stage', 'pro'], ['prod', 'proto']],
    ['the stages after an equals sign', ['status', '--stage=prod'], ['--stage=prod']],
    ['the stages after an equals sign, as bash divides it', ['status', '--stage', '=', 'prod'], ['prod']],
    ['the stages right after the equals sign of bash', ['status', '--stage', '='], ['local', 'prod', 'proto']],
    ['the products', ['status', ''], ['thermostat', 'hub']],
    ['the products of another channels.yml', ['hold', '--channels', 'my.yml', ''], ['lock']],
    ['the channels of the product', ['approve', 'thermostat', '2.4.1', ''], ['beta', 'stable']],
    ['the channels of the product for an option', ['promote', 'hub', '1.0.0', '--to', ''], ['all']],
    ['the channels that were not named yet', ['hold', 'thermostat', 'beta', ''], ['stable']],
    ['the queues', ['redrive', '--queue', 'r'], ['rejected', 'releases', 'rule']],
    ['the states of devices', ['devices', '--state', 'RE'], ['REJECTED', 'REMOVED']],
    ['the shells', ['completion', ''], [...shells]],
    ['nothing for a version', ['status', 'thermostat', ''], []],
    ['nothing for a comment', ['deny', '--comment', ''], []],
    ['nothing for an unknown command', ['nope', ''], []],
    ['nothing for the name of a member of every object', ['constructor', ''], []],
    ['nothing after the last positional', ['status', 'thermostat', '1.0.0', ''], []],
    ['the commands if nothing was typed', [''], [...commandNames, 'help', '--help', '--version']],
  ])('%s', (_what, line, words) => {
    expect(at(...line)).toEqual(words);
  });

  it.each([
    ['plan', ''],
    ['publish', 'release.json', '--upload', ''],
    ['check', '--channels', ''],
  ])('files: %s %s %s', (...line) => {
    expect(candidates(line, names)).toEqual({ words: [], files: true });
  });

  it('no word that a shell would change', () => {
    const hostile = { ...names, stages: () => ['prod', '$(reboot)', 'a b', '`x`', "q'"] };
    expect(candidates(['status', '--stage', ''], hostile).words).toEqual(['prod']);
  });
});

describe('the words of completion', () => {
  it('have an entry for every command, and for no other', () => {
    expect(Object.keys(wordsOf).sort()).toEqual([...commandNames, 'help'].sort());
    const files = readdirSync(join(root, 'cli')).map((file) => file.replace(/\.ts$/, ''));
    for (const name of commandNames) expect(files).toContain(name);
  });

  it.each(commandNames)('have the options in the help of %s, and the command accepts each', async (name) => {
    const options = wordsOf[name]?.options ?? {};
    const { stdout } = await otaInProcess(name, '--help');
    const inHelp = [...stdout.matchAll(/^ {2}(--[\w-]+)(?: [A-Z]+)?(?: {1,}|$)/gm)].map(([, option = '']) => option);
    expect(Object.keys(options).sort()).toEqual([...new Set([...inHelp, '--help'])].sort());
    const typed = Object.entries(options).map(([option, kind]) => (kind === 'flag' ? option : `${option}=x`));
    expect(await otaInProcess(name, ...typed)).toMatchObject({ status: 0, stderr: '', stdout });
  });

  it('have the values that the commands take', async () => {
    expect(wordsOf['devices']?.options['--state']).toEqual(executionStates);
    const fault = await helpOf('fault');
    const redrive = await helpOf('redrive');
    const approve = await helpOf('approve');
    for (const kind of wordsOf['fault']?.positionals[0] ?? []) expect(fault).toMatch(new RegExp(`\\b${kind}\\b`));
    for (const service of wordsOf['fault']?.options['--service'] ?? []) expect(fault).toMatch(new RegExp(`[ ,]${service}[ ,\\n]`));
    for (const queue of wordsOf['redrive']?.options['--queue'] ?? []) expect(redrive).toContain(queue);
    for (const part of wordsOf['approve']?.options['--skip'] ?? []) expect(approve).toContain(part);
  });
});

const helpOf = async (name: string): Promise<string> => (await otaInProcess(name, '--help')).stdout;

describe('names for completion', () => {
  it('come from a channels.yml, even if it is invalid elsewhere', () => {
    expect(channelsByProduct('local', 'examples/channels.yml').get('thermostat')).toContain('beta');
  });

  it('do not exist if the file is missing, is not YAML, or has another shape', () => {
    for (const file of ['/nowhere.yml', 'package-lock.json', 'LICENSE', 'test/cli/completion.test.ts'])
      expect([...channelsByProduct('local', file).keys()]).toEqual([]);
  });
});

describe('the script', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ota-completion-'));
    writeFileSync(join(folder, 'my file.json'), '{}');
    for (const shell of shells) writeFileSync(join(folder, shell), (await otaInProcess('completion', shell)).stdout);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a shell prints if it runs the lines after the completion script. Undefined if it is not installed. */
  function runs(shell: string, args: readonly string[], lines: string): string | undefined {
    const script = `source ${join(folder, shell)}\n${lines}`;
    const { error, stdout } = spawnSync(shell, [...args, '-c', script], { cwd: folder, encoding: 'utf8' });
    return error === undefined ? stdout : undefined;
  }

  it.each<[typed: string[], completed: string[]]>([
    [['ota', 'appr'], ['approve']],
    [
      ['ota', 'hold', 'thermostat', '--channels', join(root, 'examples/channels.yml'), ''],
      ['beta', 'stable'],
    ],
    [['ota', 'redrive', '--queue', '=', 'st'], ['steering']],
    [['ota', 'plan', 'my'], ['my file.json']],
    [['ota', 'status', '$(echo rm)'], []],
  ])('of bash completes %j', (typed, completed) => {
    const words = typed.map((word) => `'${word}'`).join(' ');
    const lines = `COMP_WORDS=(${words}) COMP_CWORD=${typed.length - 1}\n__ota_complete\nfor one in "\${COMPREPLY[@]}"; do echo "$one"; done`;
    expect(runs('bash', ['--norc', '--noprofile'], lines)?.split('\n').filter(Boolean)).toEqual(completed);
  });

  it('of bash makes ota a word of the shell, and leaves an existing one', () => {
    // A person may have another Node on the PATH, or none.
    expect(runs('bash', ['--norc', '--noprofile'], 'PATH=/nowhere; ota --version')).toMatch(/^ota-dispatch \d/);
    const own = spawnSync('bash', ['--norc', '-c', `ota() { echo mine; }; source ${join(folder, 'bash')}; ota --version`], {
      encoding: 'utf8',
    });
    expect(own.stdout).toBe('mine\n');
  });

  it('of fish completes a command, if fish is installed', ({ skip }) => {
    const found = runs('fish', ['--no-config'], "complete -C 'ota appr'");
    if (found === undefined) return skip('install fish to run this test');
    expect(found.trim()).toBe('approve');
  });

  it('of zsh is right for its parser, if zsh is installed', ({ skip }) => {
    const found = runs('zsh', ['-f'], 'print $_comps[ota]');
    if (found === undefined) return skip('install zsh to run this test');
    expect(found.trim()).toBe('__ota_complete');
  });

  it('of PowerShell registers itself, if PowerShell is installed', ({ skip }) => {
    const { error, stderr } = spawnSync('pwsh', ['-NoProfile', '-File', join(folder, 'powershell')], { encoding: 'utf8' });
    if (error !== undefined) return skip('install pwsh to run this test');
    expect(stderr).toBe('');
  });

  it('asks for no word that is far beyond the last one', async () => {
    const atTheEnd = (await otaInProcess('completion', 'words', '1', '--', 'redrive')).stdout;
    for (const index of ['1000000000', '1e400'])
      expect((await otaInProcess('completion', 'words', index, '--', 'redrive')).stdout).toBe(atTheEnd);
  });

  it('is refused for another shell, with the shells that there are', async () => {
    expect(await otaInProcess('completion', 'bsh')).toMatchObject({
      status: 2,
      stderr: 'ota completion: there is no script for the shell "bsh": did you mean bash? there are bash, zsh, fish, powershell\n',
    });
  });
});
