import { formatPath } from 'aws-ota-models';
import type { LineProblem } from '../../domain/channels/lines.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { readable } from '../../domain/release/intake.ts';
import type { Rejection } from '../../domain/release/rejection.ts';
import type { JobDocument, PlannedRollout } from '../../domain/request/planned-rollout.ts';
import type { JudgedRollout } from '../../domain/rollout/judge-plan.ts';
import { plannedInEvent } from '../../domain/rollout/outcome.ts';
import { gateInWords } from '../words/gate-words.ts';
import { unknownName } from '../words/unknown-name.ts';

/** A warning of `ota plan`. `path` leads into the release, or from the top of channels.yml. */
export type PlanWarning = { readonly path: string; readonly message: string; readonly channel?: string };

/**
 * The rollouts of a plan as `ota plan` prints them: the request in wire form, the job document if the service writes one, and the gate with
 * what it waits for. A document that is text in the request is there once more as JSON, for people.
 */
export function printedRollouts(rollouts: readonly (PlannedRollout & JudgedRollout)[]): object[] {
  return rollouts.map(({ rolloutId, channel, service, operation, input, document, ...judged }) => ({
    rolloutId,
    channel,
    service,
    operation,
    input,
    ...documentIn(input, document),
    ...plannedInEvent(judged),
  }));
}

/** The gates of a plan for people: what each asks for, and what is missing if nothing was published, approved or held before. */
export function gateLines(rollouts: readonly JudgedRollout[]): string[] {
  return rollouts.flatMap(({ channel, gate, reasons = [] }) => {
    if (!gate) return [];
    const isHereToo = (one: string | undefined): boolean => rollouts.some((rollout) => rollout.channel === one);
    const waits = reasons.map(({ reason, message, channel: before }) => {
      const note = reason === 'UPSTREAM_MISSING' && isHereToo(before) ? `, and this release is for ${before}, too` : '';
      return `${channel} waits for ${reason}: ${message}${note}`;
    });
    return [`${channel} has a gate: ${gateInWords(gate).join('; ')}`, ...(waits.length > 0 ? waits : [`${channel} waits for nothing now`])];
  });
}

/** The warnings of channels.yml about the channels that a body names. Empty if the body has no product or no channels. */
export function warningsAbout(body: Uint8Array, warnings: readonly LineProblem[]): PlanWarning[] {
  const { product, channels = [] } = readable(body);
  return warnings.flatMap(({ path, message }) => {
    const [, ofProduct, , channel] = path;
    if (ofProduct !== product || typeof channel !== 'string' || !channels.includes(channel)) return [];
    // The plan itself says whether this release loses its own value there.
    if (lostByEveryRelease.includes(String(path.at(-1)))) return [];
    return [{ path: formatPath(path), message, channel }];
  });
}

const lostByEveryRelease = ['description', 'Description', 'fileVersion'];

/** The rejection of a plan. If the event is of another account than the plan, the message names both. */
export function printedRejection(rejection: Rejection, body: Uint8Array, accountId: string): Rejection {
  if (rejection.code !== 'ACCOUNT_NOT_ALLOWED') return rejection;
  const event = Object(JSON.parse(Buffer.from(body).toString()));
  const message = `the event is of account ${JSON.stringify(event['account'])}, and the plan is for ${accountId}: pass --account, or leave account out of the event`;
  return { ...rejection, message };
}

/**
 * The rejection of a detail without its event. Who has channels.yml may know all its products. The service itself names only those
 * of the source, and a detail has no source.
 */
export function rejectionOfDetail(rejection: Rejection, product: string, { products }: Channels): Rejection {
  if (rejection.code !== 'UNKNOWN_PRODUCT') return rejection;
  return { ...rejection, message: `channels.yml has no product ${unknownName(product, Object.keys(products))}` };
}

/** The member `document`: the job document, or from where it is copied. Empty if the service writes none. */
function documentIn({ document: text }: PlannedRollout['input'], document: JobDocument | undefined): { readonly document?: unknown } {
  if (typeof text === 'string') return { document: JSON.parse(text) };
  if (document === undefined) return {};
  return { document: 'body' in document ? JSON.parse(document.body) : { copyOf: document.copyOf } };
}
