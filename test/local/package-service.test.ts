import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageService } from '../../local/package-service.ts';
import { CODE, CONFIGURATION, copyService } from '../../scripts/service-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-package-service-'));
afterAll(() => rmSync(folder, { recursive: true }));

const service = join(folder, 'service');
copyService(service, [...CONFIGURATION, ...CODE]);

const logged: string[] = [];
const own = readFileSync('test/infrastructure/channels.yml', 'utf8');

/** Packages with this channels.yml. Answers what went wrong, or the products that the packaged function knows. */
async function productsOf(name: string, channels: string): Promise<string | string[]> {
  const [file, made] = [join(folder, `${name}.yml`), join(folder, name)];
  writeFileSync(file, channels);
  const packaged = await packageService({
    service,
    folder: made,
    channels: file,
    signal: new AbortController().signal,
    log: (line) => logged.push(line),
  });
  if (!packaged.ok) return packaged.why;
  readFileSync(join(made, 'cloudformation-template-update-stack.json'));
  return Object.keys(JSON.parse(readFileSync(join(made, 'dist', 'releases', 'channels.json'), 'utf8')).products);
}

it('packages its own configuration, even if another packaging runs at the same time', { timeout: 180_000 }, async () => {
  const renamed = own.replace('  thermostat:', '  kettle:');
  const [first, second] = await Promise.all([productsOf('first', own), productsOf('second', renamed)]);
  expect(first).toContain('thermostat');
  expect(second).toContain('kettle');
  expect(logged).toEqual([expect.stringMatching(/^waiting /)]);
});

it('answers an error of serverless.yml without its stack', { timeout: 180_000 }, async () => {
  const sources = Array.from({ length: 100 }, (_, index) => `com.acme.firmware-ci-${index}`);
  const many = own.replace(/sources: \[/, `sources: [${sources.join(', ')}, `);
  expect(await productsOf('many', many)).toMatch(/^\S*many\.yml: .*$/);
});
