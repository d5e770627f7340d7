import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { resolveTemplate } from '../support/resolved-template.ts';
import { alarmAssertions } from './assertions/alarms.ts';
import type { Assertion } from './assertions/assertion.ts';
import { bus } from './assertions/bus.ts';
import { conditionAssertions } from './assertions/conditions.ts';
import { dashboardAssertions } from './assertions/dashboard.ts';
import { documentAssertions } from './assertions/documents.ts';
import { followUps } from './assertions/follow-ups.ts';
import { functionAssertions } from './assertions/functions.ts';
import { jobEvents } from './assertions/job-events.ts';
import { ledgerAssertions } from './assertions/ledger.ts';
import { queueAssertions } from './assertions/queues.ts';
import { rejected } from './assertions/rejected.ts';
import { releases } from './assertions/releases.ts';
import { roles } from './assertions/roles.ts';
import { rolloutAlarms } from './assertions/rollout-alarms.ts';
import { steering } from './assertions/steering.ts';
import { sweep } from './assertions/sweep.ts';

const subjects: Record<string, Assertion[]> = {
  'the bus': bus,
  'every queue': queueAssertions,
  releases: releases,
  'steering events and gates': steering,
  'follow-ups': followUps,
  'job events': jobEvents,
  rejected: rejected,
  'every function': functionAssertions,
  'the sweep': sweep,
  'the tables': ledgerAssertions,
  'the documents': documentAssertions,
  'the roles': roles,
  'every alarm': alarmAssertions,
  'the alarms on rollouts': rolloutAlarms,
  'the dashboard': dashboardAssertions,
  'the whole template': conditionAssertions,
};
const compiled = await compiledTemplate({ channels: readFileSync('test/infrastructure/channels.yml', 'utf8') });
const template = () => resolveTemplate(structuredClone(compiled));

describe.each(Object.entries(subjects))('In the compiled template, %s:', (_subject, assertions) => {
  it.each(assertions.map((assertion) => [assertion.name, assertion] as const))('%s', (_name, { check, mutate }) => {
    expect(check(template())).toEqual([]);
    const broken = template();
    mutate(broken);
    expect(check(broken), 'the check must notice a wrong template').not.toEqual([]);
  });
});

describe('The assertions', () => {
  it('are at least sixty, and each has its own name', () => {
    const names = Object.values(subjects).flatMap((assertions) => assertions.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(60);
  });
});
