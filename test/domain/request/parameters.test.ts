import { formatPath } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { findLimitProblems } from '../../../domain/channels/rules.ts';
import type { Channel } from '../../../domain/channels/schema.ts';
import type { Artifact, Release } from '../../../domain/release/release.ts';
import {
  artifact,
  at,
  jobChannel,
  otaTaskChannel,
  otaUpdateChannel,
  planOn,
  refusals,
  requestOf,
  without,
} from '../../../proof/support/fixtures.ts';
import { jobParameters } from './parameters-of-job.ts';
import { otaTaskParameters } from './parameters-of-ota-task.ts';
import { otaUpdateParameters, type ParameterCase } from './parameters-of-ota-update.ts';

const operations: readonly [string, readonly ParameterCase[], (template: object, options: object) => Channel][] = [
  ['CreateOTAUpdate', otaUpdateParameters, otaUpdateChannel],
  ['CreateOtaTask', otaTaskParameters, otaTaskChannel],
  ['CreateJob', jobParameters, jobChannel],
];

for (const [operation, cases, channelOf] of operations) {
  describe(`${operation}: each parameter`, () => {
    it.each(cases.map((each) => [`${each.parameter} ${each.says}`, each] as const))('%s', (_name, each) => {
      const channel = stripped(channelOf(each.template ?? {}, each.options ?? {}));
      if (each.breaks !== undefined) {
        expect(findLimitProblems(channel).map(({ path }) => formatPath(path))).toContain(each.breaks);
        return;
      }
      expect(findLimitProblems(channel).filter(() => each.refuses === undefined)).toEqual([]);
      const changed = without({ ...artifact, ...each.artifact }) as Artifact;
      const plan = planOn(channel, { artifacts: [changed], ...(each.release as Partial<Release>) });
      if (each.refuses !== undefined) {
        expect(refusals(plan)[0]).toBe(each.refuses);
        expect(plan.rejections[0]?.channel ?? 'beta').toBe('beta');
        expect(plan.rollouts).toEqual([]);
        return;
      }
      const value = at(requestOf(plan), each.parameter.replaceAll('[]', '[0]'));
      if (each.gives instanceof RegExp) expect(value).toMatch(each.gives);
      else expect(withoutMarkers(value)).toEqual(each.gives);
    });
  });
}

/** A channel as YAML gives it, without members that are undefined. */
function stripped(channel: Channel): Channel {
  return JSON.parse(JSON.stringify(channel));
}

function withoutMarkers(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isReserved(String(item?.Key)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !isReserved(key)));
}
