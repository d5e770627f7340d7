import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UNANSWERED_MINUTES_MIN } from '../../domain/rollout/timing.ts';
import { copyHandlers } from '../../infrastructure/copy-plugin.ts';
import { bundle, FUNCTIONS } from '../../scripts/bundle.ts';
import { PACKED_INFRASTRUCTURE, root } from '../../scripts/installation.ts';
import { packHandlers } from '../../scripts/pack/handlers.ts';
import { packInfrastructure } from '../../scripts/pack/infrastructure.ts';
import { projectServerless } from '../../scripts/pack/project-files.ts';
import { installationFault, serverlessProgram } from '../../scripts/serverless.ts';
import { EXAMPLE_CHANNELS, serverlessWithTestParameters } from '../../scripts/service-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-packed-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('The infrastructure of a package', () => {
  const made = join(folder, 'infrastructure');
  beforeAll(() => packInfrastructure(folder));

  it('has every YAML file of the repository, with the paths of a project', () => {
    const files = globSync('infrastructure/*.yml', { cwd: root });
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const text = readFileSync(join(made, basename(file)), 'utf8');
      expect(text, file).not.toContain('file(infrastructure/');
      expect(text.replaceAll(PACKED_INFRASTRUCTURE, 'infrastructure'), file).toBe(readFileSync(join(root, file), 'utf8'));
    }
  });

  it('has the computed values, which need no other package and find their files below node_modules', async () => {
    const computed = await import(pathToFileURL(join(made, 'computed.js')).href);
    expect(computed.unansweredMiMinutesMin()).toBe(UNANSWERED_MINUTES_MIN);
    expect(await computed.jobEvents({ resolveVariable: async () => 'on' })).toBe(`\${file(${PACKED_INFRASTRUCTURE}/job-events.yml)}`);
  });

  it('has a plugin without a bundler', () => {
    for (const file of readdirSync(made).filter((name) => name.endsWith('.js')))
      expect(readFileSync(join(made, file), 'utf8'), file).not.toMatch(/esbuild|node:sqlite/);
  });
});

describe('The serverless.yml of a project', () => {
  const ofRepository = serverlessWithTestParameters();
  const ofProject = projectServerless(ofRepository);

  it('is that of the repository with other paths and another plugin', () => {
    const { plugins, ...rest } = parse(ofProject, { logLevel: 'error' });
    const { plugins: _, ...expected } = parse(ofRepository.replaceAll('file(infrastructure/', `file(${PACKED_INFRASTRUCTURE}/`), {
      logLevel: 'error',
    });
    expect(plugins).toEqual([`./${PACKED_INFRASTRUCTURE}/plugin.js`]);
    expect(rest).toEqual(expected);
  });

  it('holds parameters, and includes everything else', () => {
    const { service, configValidationMode, plugins, params, ...included } = parse(ofProject, { logLevel: 'error' });
    for (const [name, value] of Object.entries(included)) expect(value).toBe(`\${file(${PACKED_INFRASTRUCTURE}/service.yml):${name}}`);
    expect(Object.keys(included)).toEqual(['custom', 'provider', 'package', 'functions', 'resources']);
  });

  it('is not made of a file that lacks a line which must change', () => {
    expect(() => projectServerless(ofRepository.replace('bundle-plugin', 'other-plugin'))).toThrow(
      'serverless.yml has no line ./infrastructure/bundle-plugin.ts',
    );
  });
});

describe('A project', () => {
  const project = join(folder, 'project');

  it('can be packaged if the package is in its own node_modules', () => {
    expect(installationFault(project, true)).toContain(`${join(project, PACKED_INFRASTRUCTURE)}, which does not exist`);
    mkdirSync(join(project, PACKED_INFRASTRUCTURE), { recursive: true });
    expect(installationFault(project, true)).toBeUndefined();
  });

  it('is what only a package needs: a clone is always complete', () => {
    expect(installationFault('/nowhere', false)).toBeUndefined();
  });

  it('is packaged by the serverless CLI of the package, wherever PATH leads', () => {
    expect(serverlessProgram()).toBe(realpathSync(join(root, 'node_modules', 'serverless', 'bin', 'serverless.js')));
  });
});

describe('The plugin of a package', () => {
  const [from, project] = [join(folder, 'prebuilt'), join(folder, 'users')];
  const handler = (place: string, name: string) => join(place, name, 'index.mjs');
  const write = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  beforeAll(() => {
    for (const name of FUNCTIONS) write(handler(from, name), name);
    write(join(project, 'dist', 'mine.bin'), 'mine');
    write(join(project, 'dist', 'releases', 'part-OLD.mjs'), 'old');
    write(join(project, 'channels.yml'), readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8'));
  });

  it('copies the handlers and the checked channels into dist/, and leaves what else is there', () => {
    const said: string[] = [];
    copyHandlers(from)({ root: project, say: (line) => said.push(line) });
    for (const name of FUNCTIONS) expect(readFileSync(handler(join(project, 'dist'), name), 'utf8')).toBe(name);
    expect(readdirSync(join(project, 'dist', 'releases')).sort()).toEqual(['channels.checked.json', 'channels.json', 'index.mjs']);
    expect(readFileSync(join(project, 'dist', 'mine.bin'), 'utf8')).toBe('mine');
    expect(said).toContain('channels.yml: ok');
  });

  it('refuses a dist/ that is a link, and deletes nothing elsewhere', () => {
    const [linked, elsewhere] = [join(folder, 'linked'), join(folder, 'elsewhere')];
    write(join(elsewhere, 'releases', 'precious.txt'), 'precious');
    mkdirSync(linked);
    symlinkSync(elsewhere, join(linked, 'dist'));
    expect(() => copyHandlers(from)({ root: linked, say: () => undefined })).toThrow(/dist is a link, so packaging would replace files/);
    expect(readdirSync(join(elsewhere, 'releases'))).toEqual(['precious.txt']);
  });

  it('writes no channels that are wrong, and leaves no old ones to deploy', () => {
    write(join(project, 'channels.yml'), 'products: 1\n');
    expect(() => copyHandlers(from)({ root: project, say: () => undefined })).toThrow(/^channels\.yml:1: products: /m);
    expect(existsSync(join(project, 'dist', 'releases'))).toBe(false);
  });
});

describe('The handlers of a package', () => {
  it('have the bytes that packaging in a clone writes to dist/', async () => {
    const clone = mkdtempSync(join(tmpdir(), 'ota-dispatch-clone-'));
    for (const name of ['handlers', 'adapters', 'domain', 'scripts', 'node_modules', 'examples'])
      symlinkSync(join(root, name), join(clone, name));
    await bundle({ root: clone, channels: EXAMPLE_CHANNELS, say: () => undefined });
    const metafiles = await packHandlers(folder, clone);
    for (const name of FUNCTIONS) {
      const [bundled, packed] = [join(clone, 'dist', name), join(folder, 'handlers', name)];
      const files = readdirSync(packed).sort();
      expect(files).toEqual(
        readdirSync(bundled)
          .filter((file) => !file.startsWith('channels.'))
          .sort(),
      );
      for (const file of files) expect(readFileSync(join(packed, file)).equals(readFileSync(join(bundled, file))), file).toBe(true);
    }
    expect(metafiles).toHaveLength(FUNCTIONS.length);
    rmSync(clone, { recursive: true });
  });
});
