import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { resolveTemplate } from '../support/resolved-template.ts';
import { alarmAssertions } from './assertions/alarms.ts';
import type { Assertion } from './assertions/assertion.ts';
import { bus } from './assertions/bus.ts';
import { functionAssertions } from './assertions/functions.ts';
import { queueAssertions } from './assertions/queues.ts';
import { roles } from './assertions/roles.ts';
import { storage } from './assertions/storage.ts';

const subjects: Record<string, Assertion[]> = {
  'the bus': bus,
  'the queues': queueAssertions,
  'tables and documents': storage,
  'the functions': functionAssertions,
  'the roles': roles,
  'alarms and dashboard': alarmAssertions,
};
const compiled = await compiledTemplate({ channels: readFileSync('test/infrastructure/channels.yml', 'utf8') });
const template = () => resolveTemplate(structuredClone(compiled));

describe.each(Object.entries(subjects))('In the compiled template, %s:', (_subject, assertions) => {
  it.each(assertions.map((assertion) => [assertion.name, assertion] as const))('%s', (_name, { check, mutate }) => {
    expect(check(template())).toEqual([]);
    const broken = template();
    mutate(broken);
    expect(check(broken), 'a template that breaks the promise must be noticed').not.toEqual([]);
  });
});

describe('The assertions', () => {
  it('are at least sixty, each with its own name', () => {
    const names = Object.values(subjects).flatMap((assertions) => assertions.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(60);
  });
});
