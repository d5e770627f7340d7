import { readFileSync } from 'node:fs';
import type { Shape } from 'aws-ota-models';
import { createOTAUpdateInput, createOtaTaskInput } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { DEFAULT_ABORT_CONFIG, DEFAULT_TIMEOUT_CONFIG } from '../../../domain/request/ota-update.ts';
import { otaTaskParameters } from './parameters-of-ota-task.ts';
import { otaUpdateParameters, type ParameterCase } from './parameters-of-ota-update.ts';

const text = readFileSync(new URL('../../../docs/reference/parameters.md', import.meta.url), 'utf8');
const sections = [
  ['CreateOTAUpdate', otaUpdateParameters, createOTAUpdateInput],
  ['CreateOtaTask', otaTaskParameters, createOtaTaskInput],
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

  it('has the values of the guard rails', () => {
    const rows = new Map(rowsOf('CreateOTAUpdate'));
    const [criteria] = DEFAULT_ABORT_CONFIG.abortCriteriaList;
    for (const [member, value] of Object.entries(criteria)) {
      expect(rows.get(`awsJobAbortConfig.abortCriteriaList[].${member}`)?.replaceAll('`', '')).toContain(`| channel | ${value} |`);
    }
    expect(rows.get('awsJobTimeoutConfig.inProgressTimeoutInMinutes')).toContain(
      `| channel | ${DEFAULT_TIMEOUT_CONFIG.inProgressTimeoutInMinutes} |`,
    );
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
