import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { outcomeSchemas } from '../../domain/rollout/outcome-schema.ts';
import { readExamples } from '../../local/example-files.ts';
import { artifactAt } from '../../operator/examples/artifact-at.ts';
import { UsageError } from '../../scripts/command.ts';
import { root } from '../../scripts/installation.ts';

const examples = readExamples(join(root, 'examples'));

describe('the examples', () => {
  it('say what they show, in the words of examples/README.md', () => {
    const page = readFileSync(join(root, 'examples', 'README.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\S+)\.json` \| (.*) \|$/gm)].map(([, name, shows]) => [name, shows]);
    expect(rows.sort()).toEqual(examples.map(({ name, shows }) => [name, shows]).sort());
  });

  it('end with outcomes that the service has, and come after those of another example', () => {
    for (const { name, after = [], ends } of examples) {
      for (const outcome of [...after, ...ends]) expect(Object.keys(outcomeSchemas), name).toContain(outcome['detail-type']);
      for (const { example } of after) expect(examples.map((other) => other.name).filter((other) => other !== name)).toContain(example);
    }
  });

  it('have correlation ids of their own, by which their outcomes are recognised', () => {
    const ids = examples.map(({ detail }) => detail['correlationId']);
    expect(new Set(ids).size).toBe(examples.length);
    expect(ids).not.toContain(undefined);
  });
});

describe('the examples of a project', () => {
  const project = mkdtempSync(join(tmpdir(), 'ota-dispatch-examples-'));
  afterAll(() => rmSync(project, { recursive: true }));
  const event = { source: 'com.acme.ci', 'detail-type': 'Firmware Release Published', detail: { product: 'kettle' } };

  /** The examples of a project whose only one is this file. */
  function readingOnly(content: unknown) {
    writeFileSync(join(project, 'mine.json'), typeof content === 'string' ? content : JSON.stringify(content));
    return readExamples(project);
  }

  it('do not exist if there is no such folder', () => {
    expect(readExamples(join(project, 'none'))).toEqual([]);
  });

  it('need not say what they show, what comes before, or how they end', () => {
    expect(readingOnly(event)).toEqual([{ name: 'mine', ...event, ends: [] }]);
  });

  it.each<[what: string, content: unknown, message: string | RegExp]>([
    ['not JSON', '{', /^examples\/mine\.json is not JSON: /],
    ['null', null, /^examples\/mine\.json is not an event: write source, detail-type and detail, /],
    ['the detail alone', event.detail, /^examples\/mine\.json is not an event: /],
    ['a wrong end', { ...event, ends: ['Created'] }, 'examples/mine.json: ends takes a list of outcomes, each with detail-type and detail'],
    [
      'a wrong predecessor',
      { ...event, after: [{ 'detail-type': 'OTA Rollout Created', detail: {} }] },
      'examples/mine.json: after takes a list of outcomes, each with example, detail-type and detail',
    ],
  ])('are refused in one line: %s', (_what, content, message) => {
    expect(() => readingOnly(content)).toThrow(UsageError);
    expect(() => readingOnly(content)).toThrow(message);
  });

  it('have their artifacts in the folder, or the error says where', () => {
    mkdirSync(join(project, 'artifacts', 'bucket'), { recursive: true });
    writeFileSync(join(project, 'artifacts', 'bucket', 'app.bin'), 'firmware');
    expect(artifactAt(join(project, 'artifacts'), 'bucket', 'app.bin').toString()).toBe('firmware');
    expect(() => artifactAt(join(project, 'artifacts'), 'bucket', 'kettle/none.bin')).toThrow(
      'an example names kettle/none.bin in bucket: put the file at examples/artifacts/bucket/kettle/none.bin',
    );
  });
});
