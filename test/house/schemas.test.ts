import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readChannelsFile } from '../../domain/channels/lines.ts';
import { parseMessage } from '../../domain/release/intake.ts';
import { rejectionCodes } from '../../domain/release/rejection.ts';
import { schemaFiles } from '../../scripts/schemas.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'schemas');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

describe('schemas/', () => {
  const files = schemaFiles();

  it('has exactly the files that `npm run schemas` writes', () => {
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort());
  });

  it.each([...files.keys()])('has the content that the code makes: %s', (name) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(files.get(name));
  });

  it('refuses unknown members in incoming events, and allows them in outcomes, which may gain some', () => {
    const isClosed = (name: string) => files.get(name)?.includes('"additionalProperties": false');
    const [incoming, outgoing] = [/^(?:firmware-|channels)/, /^ota-/].map((kind) =>
      [...files.keys()].filter((name) => kind.test(name) && name.endsWith('.schema.json')),
    );
    expect(incoming?.filter(isClosed)).toHaveLength(6);
    expect(outgoing?.filter(isClosed)).toEqual([]);
    expect(outgoing).toHaveLength(15);
  });

  it('accepts any text with a variable, because editors do not know its value', () => {
    const schema = JSON.parse(files.get('channels.schema.json') ?? '');
    const { createOTAUpdate } = schema.properties.products.additionalProperties.properties.channels.additionalProperties.properties;
    const target = new RegExp(createOTAUpdate.properties.targets.items.pattern, 'u');
    expect(target.test('arn:aws:iot:eu-west-1:123456789012:thinggroup/beta')).toBe(true);
    expect(target.test('arn:aws:iot:$'.concat('{aws:region}:$', '{aws:accountId}:thinggroup/beta'))).toBe(true);
    expect(target.test('thinggroup/beta')).toBe(false);
  });
});

describe('examples/', () => {
  const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.json'));

  it.each(examples)('end as they declare: %s', (name) => {
    const event = JSON.parse(read('examples', name));
    const parsed = parseMessage(read('examples', name), { allowedAccounts: ['000000000000'] });
    expect(event.ends.length).toBeGreaterThan(0);
    const [end] = event.ends;
    if (end['detail-type'] === 'OTA Release Rejected') expect(parsed).toMatchObject({ ok: false, rejection: end.detail });
    else expect(parsed).toMatchObject({ ok: true });
  });

  it('name artifacts that exist, with their true size and digest', async () => {
    const { createHash } = await import('node:crypto');
    for (const name of examples.filter((example) => example !== 'broken-release.json')) {
      for (const artifact of JSON.parse(read('examples', name)).detail.artifacts ?? []) {
        const { bucket, key, version } = artifact.fileLocation.s3Location;
        const bytes = readFileSync(join(root, 'examples/artifacts', bucket, key));
        expect({ sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length, version }).toEqual({
          sha256: artifact.sha256,
          sizeBytes: artifact.sizeBytes,
          version: 'set-at-upload',
        });
      }
    }
  });
});

describe('examples/channels.yml', () => {
  it('is valid and causes no warning', () => {
    expect(readChannelsFile(read('examples/channels.yml'))).toMatchObject({ ok: true, warnings: [] });
  });

  it('points editors at its schema', () => {
    expect(read('examples/channels.yml').split('\n', 1)[0]).toBe('# yaml-language-server: $schema=../schemas/channels.schema.json');
  });
});

describe('docs/reference/rejections.md', () => {
  it('has a row for every code, and no other row', () => {
    const listed = [...read('docs/reference/rejections.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(listed.sort()).toEqual(Object.keys(rejectionCodes).sort());
  });
});

describe('docs/reference/events.md', () => {
  const page = read('docs/reference/events.md');

  it('lists every event', () => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.schema.json') && file !== 'channels.schema.json')) {
      const detailType = JSON.parse(read('schemas', name)).title;
      expect(page, name).toContain(detailType);
    }
  });

  it('lists every member of every event', () => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.schema.json') && file !== 'channels.schema.json')) {
      for (const member of Object.keys(JSON.parse(read('schemas', name)).properties)) expect(page, name).toContain(`\`${member}\``);
    }
  });
});

describe('docs/reference/channels.md', () => {
  it('lists every member of a channel', () => {
    const schema = JSON.parse(read('schemas/channels.schema.json'));
    const { channels, ...product } = schema.properties.products.additionalProperties.properties;
    const page = read('docs/reference/channels.md');
    for (const member of Object.keys(channels.additionalProperties.properties))
      expect(page).toMatch(new RegExp(`^\\| \`${member}[:\`]`, 'm'));
    for (const member of Object.keys(product)) expect(page).toContain(`products.NAME.${member}`);
  });
});
