import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeSchemas } from '../../domain/rollout/outcome-schema.ts';
import { readExamples } from '../../local/example-files.ts';
import { root } from '../../scripts/given-file.ts';

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
