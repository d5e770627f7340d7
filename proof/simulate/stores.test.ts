import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareStores, tellDifference } from './stores/compare.ts';
import { serviceNames } from './stores/sequences.ts';

/** Sequences of each service, few enough for every test run. CI tries more, from fresh seeds, with `npm run prove -- --small`. */
const FIXED = 7;

const differencesOf = async (from: number, sequences: number, service: (typeof serviceNames)[number]) => {
  const { counts, differences } = await compareStores({ from, sequences, services: [service] });
  expect(counts[service]?.sequences).toBe(sequences);
  expect(counts[service]?.operations).toBeGreaterThan(5 * sequences);
  return differences.map(tellDifference);
};

describe.each(serviceNames)('the simulated service, %s', (service) => {
  it(`answers like the embedded one in the same ${FIXED} sequences each time`, async () => {
    expect(await differencesOf(1, FIXED, service)).toEqual([]);
  });
});

describe('the comparison', () => {
  it('compares a job whose timeout a person changed before a device started', async () => {
    const { differences } = await compareStores({ from: 94_653_515, sequences: 1, services: ['jobs'] });
    expect(differences.map(tellDifference)).toEqual([]);
  });

  it('sends whatever the adapters send, except the scan of the command line', async () => {
    const adapters = new URL('../../adapters/', import.meta.url);
    const names = readdirSync(adapters, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const texts = names.map((name) => readFileSync(new URL(name, adapters), 'utf8'));
    const commands = texts.flatMap((text) => [...text.matchAll(/new (\w+)Command\(/g)].map(([, operation = '']) => operation));
    const { sent } = await compareStores({ from: 1, sequences: 5 });
    expect([...new Set(commands)].filter((operation) => !sent.has(operation))).toEqual(['Scan']);
  });
});
