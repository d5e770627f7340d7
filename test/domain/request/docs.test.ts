import { readFileSync } from 'node:fs';
import type { Shape } from 'aws-ota-models';
import { createJobInput, createOTAUpdateInput, createOtaTaskInput } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { isReserved, reservedJobDocumentMembers } from '../../../domain/channels/reserved.ts';
import { DEFAULT_ABORT_CRITERIA, DEFAULT_TIMEOUT_CONFIG } from '../../../domain/request/guard-rails.ts';
import { artifact, jobChannel, planOn, requestOf } from '../../../proof/support/fixtures.ts';
import { jobParameters } from './parameters-of-job.ts';
import { otaTaskParameters } from './parameters-of-ota-task.ts';
import { otaUpdateParameters, type ParameterCase } from './parameters-of-ota-update.ts';

const text = readFileSync(new URL('../../../docs/reference/parameters.md', import.meta.url), 'utf8');
const sections = [
  ['CreateOTAUpdate', otaUpdateParameters, createOTAUpdateInput],
  ['CreateOtaTask', otaTaskParameters, createOtaTaskInput],
  ['CreateJob', jobParameters, createJobInput],
] as const;

describe('docs/reference/parameters.md', () => {
  it.each(sections)('has the same parameters of %s as the tests, in the same order', (operation, cases) => {
    expect(rowsOf(operation).map(([parameter]) => parameter)).toEqual([...new Set(cases.map((each) => each.parameter))]);
  });

  it.each(sections)('has every member of %s', (operation, _cases, shape) => {
    const rows = rowsOf(operation).map(([parameter]) => parameter);
    expect(rows).toEqual(expect.arrayContaining(leavesOf(shape)));
  });

  it.each(sections)('names every code that a test of %s expects', (operation, cases) => {
    for (const [parameter, row] of rowsOf(operation)) {
      for (const code of codesOf(cases.filter((each) => each.parameter === parameter))) expect(row).toContain(code);
    }
  });

  it.each([
    ['CreateOTAUpdate', 'awsJobAbortConfig.abortCriteriaList[]', 'awsJobTimeoutConfig'],
    ['CreateJob', 'abortConfig.criteriaList[]', 'timeoutConfig'],
  ])('has the values of the guard rails of %s', (operation, ofAbort, ofTimeout) => {
    const rows = new Map(rowsOf(operation));
    const [criteria] = DEFAULT_ABORT_CRITERIA;
    for (const [member, value] of Object.entries(criteria)) {
      expect(rows.get(`${ofAbort}.${member}`)?.replaceAll('`', '')).toContain(`| channel | ${value} |`);
    }
    expect(rows.get(`${ofTimeout}.inProgressTimeoutInMinutes`)).toContain(
      `| channel | ${DEFAULT_TIMEOUT_CONFIG.inProgressTimeoutInMinutes} |`,
    );
  });

  it.each([
    ['plain', 0],
    ['device-client', 1],
  ])('shows the document of a job in the form %s as the service writes it', (format, index) => {
    const [, section = ''] = text.split('### The document of a job');
    const shown = [...section.matchAll(/^```json check\n([\s\S]*?)^```$/gm)].map(([, body]) => JSON.parse(body ?? ''))[index];
    const { codeSigning: _none, ...unsigned } = artifact;
    const plan = planOn(jobChannel({}, { format }), { artifacts: [{ ...unsigned, fileName: 'app.bin', sizeBytes: 412_345 }] });
    const written = JSON.parse(String(requestOf(plan)['document']));
    expect(Object.keys(shown).sort()).toEqual(Object.keys(written).sort());
    if (format === 'plain') expect(Object.keys(shown.files[0]).sort()).toEqual(Object.keys(written.files[0]).sort());
    const stepsOf = (document: { steps?: { action: { input: { args: string[] } } }[] }) =>
      document.steps?.map(({ action }) => ({ ...action, input: { ...action.input, args: action.input.args.length } }));
    expect(stepsOf(shown)).toEqual(stepsOf(written));
    expect(written.steps?.[1].action.input.args.slice(0, 2)).toEqual(shown.steps?.[1].action.input.args.slice(0, 2));
  });

  it('names the members of a job document that a channel must not set', () => {
    for (const members of Object.values(reservedJobDocumentMembers)) {
      const named = text
        .split('\n\n')
        .find((paragraph) => /`jobDocument` must not set/.test(paragraph) && paragraph.includes(`\`${members[1]}\``));
      for (const member of members) expect(named).toContain(`\`${member}\``);
    }
  });

  it('names the markers of the service', () => {
    const named = [...text.matchAll(/`(ota-dispatch\.\w+)`/g)].flatMap(([, key]) => key ?? []);
    expect(new Set(named).size).toBe(3);
    expect(named.every(isReserved)).toBe(true);
  });
});

/** Parameter and whole line of each row of the table below `## operation`. */
function rowsOf(operation: string): [string, string][] {
  const section = text.split(/^## /m).find((each) => each.startsWith(operation)) ?? '';
  return section.split('\n').flatMap((line): [string, string][] => {
    const [, parameter] = /^\| `([^`]+)` \|/.exec(line) ?? [];
    return parameter === undefined ? [] : [[parameter, line]];
  });
}

/** The codes of a parameter, without INVALID_REQUEST and INVALID_RELEASE, which any parameter can have. */
function codesOf(cases: readonly ParameterCase[]): string[] {
  return cases
    .flatMap(({ refuses }) => refuses?.split(' ')[0] ?? [])
    .filter((code) => code !== 'INVALID_REQUEST' && code !== 'INVALID_RELEASE');
}

function leavesOf(shape: Shape, path = ''): string[] {
  if (shape.type === 'structure')
    return Object.entries(shape.members).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
  // Tags, targets and protocols are one parameter each, not one per item.
  if (shape.type === 'list' && shape.of.type === 'structure' && path !== 'tags') return leavesOf(shape.of, `${path}[]`);
  return [path];
}
