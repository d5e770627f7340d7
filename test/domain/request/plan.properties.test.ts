import {
  createJobInput,
  createOTAUpdateInput,
  createOtaTaskInput,
  documentedJobInput,
  documentedOTAUpdateInput,
  documentedOtaTaskInput,
  formatPath,
  problemsIn,
  type Shape,
} from 'aws-ota-models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLimitProblems } from '../../../domain/channels/rules.ts';
import type { Channel, Channels } from '../../../domain/channels/schema.ts';
import { validateChannels } from '../../../domain/channels/validate.ts';
import { canonicalJson } from '../../../domain/json/canonical.ts';
import { releaseDigest } from '../../../domain/release/digest.ts';
import { parseReleaseText } from '../../../domain/release/intake.ts';
import { rejectionCodes } from '../../../domain/release/rejection.ts';
import type { Release } from '../../../domain/release/release.ts';
import type { Operation } from '../../../domain/request/control-planes.ts';
import { requestDigest } from '../../../domain/request/digest.ts';
import { planRelease } from '../../../domain/request/plan.ts';
import type { Plan } from '../../../domain/request/planned-rollout.ts';
import { context } from '../../../proof/support/fixtures.ts';
import { channelsFile, releaseDetail, rewritten, spoiled } from './arbitraries.ts';

const runs = { numRuns: Number(process.env.OTA_PROPERTY_RUNS ?? 400), seed: Number(process.env.OTA_PROPERTY_SEED ?? 1) };

const read = (detail: unknown): Release | undefined => {
  const parsed = parseReleaseText(JSON.stringify(detail) ?? '');
  return parsed.ok ? parsed.value : undefined;
};
const readValid = (detail: unknown): Release => {
  const parsed = parseReleaseText(JSON.stringify(detail));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.rejection));
  return parsed.value;
};
const load = (file: unknown): Channels | undefined => {
  const validated = validateChannels(file);
  return validated.ok ? validated.channels : undefined;
};
const loadValid = (file: unknown): Channels => {
  const validated = validateChannels(file);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.channels;
};

/** What AWS says about the request of each control plane: the model, and the documentation. */
const shapes: Readonly<Record<Operation, readonly Shape[]>> = {
  CreateOTAUpdate: [createOTAUpdateInput, documentedOTAUpdateInput],
  CreateOtaTask: [createOtaTaskInput, documentedOtaTaskInput],
  CreateJob: [createJobInput, documentedJobInput],
};

/** What AWS asks of the document of a job. A device replaces nothing in it, and AWS replaces each placeholder. */
function judgeDocument(document: string, release: Release): void {
  expect(Buffer.byteLength(document)).toBeLessThanOrEqual(32_768);
  expect(canonicalJson(JSON.parse(document))).toBe(document);
  const placeholders = [...document.matchAll(/\$\{aws:iot:[^{}]*\}/g)];
  expect(document.split('${aws:iot:').length - 1).toBe(placeholders.length);
  expect(placeholders.length).toBeLessThanOrEqual(10);
  for (const { sha256 } of release.artifacts) expect(document).toContain(sha256);
}

/** Checks that every request is valid by its model and the documentation, or that every rejection has a code. */
function judge(plan: Plan, release: Release): void {
  for (const rollout of plan.rollouts) {
    for (const shape of shapes[rollout.operation]) expect(problemsIn(shape, rollout.input)).toEqual([]);
    if (rollout.operation === 'CreateJob') judgeDocument(String(rollout.input['document']), release);
    expect(requestDigest(rollout.input)).toBe(rollout.requestDigest);
    expect(JSON.parse(JSON.stringify(rollout))).toEqual(rollout);
  }
  for (const { code, path, message } of plan.rejections) {
    expect(Object.keys(rejectionCodes)).toContain(code);
    expect(path).not.toBe('');
    expect(message).not.toBe('');
  }
  expect(plan.rollouts.length === 0 || plan.rejections.length === 0).toBe(true);
}

describe('with any release and any channels.yml', () => {
  it('valid input gives requests that are valid by the service models and the documentation', () => {
    fc.assert(
      fc.property(releaseDetail, channelsFile, (detail, file) => {
        const release = readValid(detail);
        const plan = planRelease(release, loadValid(file), context);
        expect(plan.rejections).toEqual([]);
        expect(plan.rollouts.map(({ channel }) => channel)).toEqual(release.channels);
        judge(plan, release);
      }),
      runs,
    );
  });

  it('a spoiled release is rejected with a code or planned, and nothing throws', () => {
    fc.assert(
      fc.property(spoiled(releaseDetail), channelsFile, (detail, file) => {
        const release = read(detail);
        if (release) judge(planRelease(release, loadValid(file), context), release);
      }),
      runs,
    );
  });

  it('a spoiled channels.yml is refused or gives valid requests, and nothing throws', () => {
    fc.assert(
      fc.property(releaseDetail, spoiled(channelsFile), (detail, file) => {
        const channels = load(file);
        const release = readValid(detail);
        if (channels) judge(planRelease(release, channels, context), release);
      }),
      runs,
    );
  });

  it('a channel that nobody validated gives violations, and nothing throws', () => {
    fc.assert(
      fc.property(spoiled(channelsFile), (file) => {
        const channels = (file as Channels)?.products?.['thermostat']?.channels;
        for (const channel of Object.values(channels ?? {})) {
          if (typeof channel !== 'object' || channel === null) continue;
          for (const { path, message } of findLimitProblems(channel as Channel)) expect(`${formatPath(path)}${message}`).not.toBe('');
        }
      }),
      runs,
    );
  });

  it('the same arguments give the same bytes of a plan', () => {
    fc.assert(
      fc.property(releaseDetail, channelsFile, (detail, file) => {
        const [one, other] = [detail, structuredClone(detail)].map((each) =>
          planRelease(readValid(each), loadValid(structuredClone(file)), context),
        );
        expect(JSON.stringify(one)).toBe(JSON.stringify(other));
      }),
      runs,
    );
  });

  it('the digest and the requests do not depend on the spelling of the event', () => {
    fc.assert(
      fc.property(releaseDetail, channelsFile, fc.infiniteStream(fc.nat(11)), (detail, file, stream) => {
        const text = rewritten(detail, () => stream.next().value ?? 0);
        const parsed = parseReleaseText(text);
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.rejection));
        const release = readValid(detail);
        expect(releaseDigest(parsed.value)).toBe(releaseDigest(release));
        const channels = loadValid(file);
        const rewrittenPlan = planRelease(parsed.value, channels, context);
        expect(canonicalJson(rewrittenPlan)).toBe(canonicalJson(planRelease(release, channels, context)));
      }),
      runs,
    );
  });

  it('two releases have the same digest only if they mean the same', () => {
    fc.assert(
      fc.property(releaseDetail, spoiled(releaseDetail), (detail, other) => {
        const one = readValid(detail);
        const two = read(other);
        fc.pre(two !== undefined);
        if (two) expect(releaseDigest(one) === releaseDigest(two)).toBe(canonicalJson(meaning(one)) === canonicalJson(meaning(two)));
      }),
      runs,
    );
  });

  it('a change of one member changes the digest, unless the meaning stays the same', () => {
    fc.assert(
      fc.property(
        releaseDetail.chain((detail) => fc.tuple(fc.constant(detail), spoiled(fc.constant(detail)))),
        ([detail, other]) => {
          const one = readValid(detail);
          const two = read(other);
          if (two) expect(releaseDigest(one) === releaseDigest(two)).toBe(canonicalJson(meaning(one)) === canonicalJson(meaning(two)));
        },
      ),
      runs,
    );
  });
});

/** The meaning of a release, computed in another way than by the domain. */
function meaning({ artifacts, hardware, targets, tags, ...release }: Release): unknown {
  const full = (map: object | undefined) => (map && JSON.stringify(map) !== '{}' ? map : null);
  return {
    ...release,
    schemaVersion: null,
    channels: null,
    correlationId: null,
    dryRun: null,
    hardware: hardware ? [...new Set(hardware)].sort() : null,
    targets: targets ? [...new Set(targets)].sort() : null,
    tags: full(tags),
    artifacts: artifacts.map((artifact) => ({ ...artifact, attributes: full(artifact.attributes) })),
    ...(release.notAfter === undefined ? {} : { notAfter: Date.parse(release.notAfter) }),
  };
}
