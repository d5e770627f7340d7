import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ApprovalEvent } from '../../domain/release/approval.ts';
import type { HoldEvent, ResumeEvent } from '../../domain/release/hold.ts';
import type { ReleaseEvent } from '../../domain/release/release.ts';
import type { WithdrawalEvent } from '../../domain/release/withdrawal.ts';
import type { OutcomeDetail, OutcomeType } from '../../domain/rollout/outcome-schema.ts';
import type * as declared from '../../schemas/events.js';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'event-types-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the compiler says of programs beside a copy of events.d.ts, without the settings and packages of this repository. */
function compile(programs: Readonly<Record<string, string>>, ...options: string[]): string {
  copyFileSync(join(root, 'schemas/events.d.ts'), join(folder, 'events.d.ts'));
  for (const [name, program] of Object.entries(programs)) writeFileSync(join(folder, name), program);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '--ignoreConfig', '--noEmit', '--strict', '--types', '', ...options, ...Object.keys(programs)];
  try {
    return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    return String(Object(error).stdout);
  }
}

const producer = `
import type { Artifact, ReleaseEvent, WithdrawalEvent } from './events.js';
const artifact: Artifact = { fileLocation: { s3Location: { bucket: 'b', key: 'k', version: 'v' } }, sha256: '0' };
export const release: ReleaseEvent = { product: 'thermostat', version: '2.4.1', channels: ['beta'], artifacts: [artifact] };
export const withdrawal: WithdrawalEvent = { product: 'thermostat', version: '2.4.1', force: true };
// @ts-expect-error: a release has artifacts
export const lacking: ReleaseEvent = { product: 'thermostat', version: '2.4.1', channels: ['beta'] };
// @ts-expect-error: a misspelled member
export const misspelled: ReleaseEvent = { ...release, artefacts: [] };
`;

const consumer = `
import type { OutcomeEvent, OutcomeType, OutcomeDetails } from './events.js';
export function words(event: OutcomeEvent): string {
  switch (event['detail-type']) {
    case 'OTA Rollout Completed':
      return \`\${event.detail.result} \${event.detail.counts.succeeded}\`;
    case 'OTA Release Rejected':
      return event.detail.code === 'TOO_LARGE' ? 'too large' : event.detail.path;
    case 'OTA Rollout Created':
      // @ts-expect-error: only a rollout that has ended has a result
      return event.detail.result;
    default:
      return event.detail.outcomeId;
  }
}
export const created = (event: OutcomeEvent<'OTA Rollout Created'>): string | undefined => event.detail.aws.jobId;
export const types: OutcomeType[] = ['OTA Rollout Created'];
export type Failed = OutcomeDetails['OTA Rollout Failed']['code'];
`;

describe('schemas/events.d.ts', () => {
  it('compiles without this repository in ECMAScript modules and in CommonJS', () => {
    const programs = { 'producer.mts': producer, 'producer.cts': producer, 'consumer.mts': consumer };
    expect(compile(programs, '--module', 'nodenext', '--exactOptionalPropertyTypes')).toBe('');
  });

  it('compiles in a program that a bundler builds', () => {
    expect(compile({ 'producer.ts': producer, 'consumer.ts': consumer }, '--module', 'preserve')).toBe('');
  });

  it('makes the compiler refuse a wrong program', () => {
    const wrong = `import type { ReleaseEvent } from './events.js';\nexport const release: ReleaseEvent = {};\n`;
    expect(compile({ 'wrong.mts': wrong }, '--module', 'nodenext')).toContain('TS2739');
  });

  it('declares the types of the code', () => {
    const isDeclared: [
      declared.ReleaseEvent extends ReleaseEvent ? true : false,
      keyof ReleaseEvent extends keyof declared.ReleaseEvent ? true : false,
      declared.WithdrawalEvent extends WithdrawalEvent ? true : false,
      keyof WithdrawalEvent extends keyof declared.WithdrawalEvent ? true : false,
      declared.ApprovalEvent extends ApprovalEvent ? true : false,
      keyof ApprovalEvent extends keyof declared.ApprovalEvent ? true : false,
      declared.HoldEvent extends HoldEvent ? true : false,
      keyof HoldEvent extends keyof declared.HoldEvent ? true : false,
      declared.ResumeEvent extends ResumeEvent ? true : false,
      keyof ResumeEvent extends keyof declared.ResumeEvent ? true : false,
      declared.OutcomeDetails extends { [T in OutcomeType]: OutcomeDetail<T> } ? true : false,
      OutcomeType extends declared.OutcomeType ? true : false,
      { [T in OutcomeType]: keyof OutcomeDetail<T> } extends { [T in OutcomeType]: keyof declared.OutcomeDetails[T] } ? true : false,
    ] = [true, true, true, true, true, true, true, true, true, true, true, true, true];
    expect(isDeclared).not.toContain(false);
  });
});
