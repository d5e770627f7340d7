import type { Channels } from '../../domain/channels/schema.ts';
import { activeHolds } from '../../domain/gate/holds.ts';
import { compact } from '../../domain/json/compact.ts';
import { controlPlanes } from '../../domain/request/control-planes.ts';
import type { AcceptedRelease, Rollout } from '../../domain/rollout/rollout.ts';
import { gateInWords } from '../words/gate-words.ts';
import { gateLines, outlookWords, targetWords } from '../words/outlook-words.ts';
import { scheduleWords } from '../words/schedule-words.ts';
import { type AwsPage, awsPagesOf } from './aws-console.ts';
import {
  type HoldView,
  holdView,
  type KnownRollout,
  knownView,
  type RolloutView,
  type WithdrawalView,
  withdrawalView,
} from './read-model.ts';
import type { Found } from './read-releases.ts';
import { type Happening, timelineOf } from './timeline.ts';

/** A rollout from its event to its end. */
export type Story = RolloutView & {
  readonly isContinuous?: true;
  /**
   * What it waits for, for people, such as `soaking until 14:20 UTC (beta 412 of 500, 4 failed)`. Absent if it waits for nothing but AWS.
   */
  readonly waitsInWords?: string;
  /** What its gate asks for and has seen, or why it opened, for people. Empty if there is no gate. */
  readonly gateInWords: readonly string[];
  /** Where the request goes: `to arn:…`, or the query. */
  readonly targetsInWords: string;
  /** When devices may start, if the request has a schedule. */
  readonly scheduleInWords?: string;
  readonly timeline: readonly Happening[];
  /** The frozen request in wire form, without the ids of an attempt. */
  readonly request: unknown;
  readonly requestDigest: string;
  readonly correlationId?: string;
  readonly messageId: string;
  readonly links: readonly AwsPage[];
};

/** A version on its way through its channels. */
export type VersionStory = {
  readonly revisions: readonly Pick<AcceptedRelease, 'revision' | 'releaseDigest' | 'detail'>[];
  readonly rollouts: readonly Story[];
  readonly holds: readonly HoldView[];
  readonly withdrawals: readonly WithdrawalView[];
};

/** What the story is made from. `region` is absent for a local stage, which has no pages in the AWS console. `now` in epoch ms. */
export type StoryContext = {
  readonly channels: Channels;
  readonly stage: string;
  readonly region?: string | undefined;
  readonly now: number;
};

/**
 * The story of a version: its revisions, and its rollouts with the highest revision first, and then in the order of channels.yml.
 * Channels that the file does not have come last.
 */
export function storyOf(found: Pick<Found, 'accepted' | 'rollouts' | 'ahead' | 'holds'>, context: StoryContext): VersionStory {
  const { now, channels } = context;
  const placeOf = ({ product, channel }: Rollout): number => {
    const known = Object.hasOwn(channels.products, product) ? Object.keys(channels.products[product]?.channels ?? {}) : [];
    return known.includes(channel) ? known.indexOf(channel) : known.length;
  };
  return {
    revisions: found.accepted
      .map(({ revision, releaseDigest, detail }) => ({ revision, releaseDigest, detail }))
      .sort((a, b) => b.revision - a.revision),
    rollouts: [...found.rollouts]
      .sort((a, b) => b.row.revision - a.row.revision || placeOf(a.row) - placeOf(b.row) || a.row.channel.localeCompare(b.row.channel))
      .map((known) => rolloutStory(known, context)),
    holds: found.holds.flatMap(({ product, holds }) => activeHolds(holds, now).map((hold) => holdView(product, hold))),
    withdrawals: found.ahead.map(({ product, withdrawal }) => withdrawalView(product, withdrawal)),
  };
}

function rolloutStory(known: KnownRollout, { stage, region, now }: StoryContext): Story {
  const { row, steering, outlook, withdrawal } = known;
  const { [controlPlanes[row.operation].idMember]: _ofAttempt, ...request } = row.request;
  const words = steering === undefined ? '' : outlookWords(row, outlook, steering, now);
  return compact({
    ...knownView(known),
    isContinuous: row.continuous ? (true as const) : undefined,
    waitsInWords: words || undefined,
    gateInWords: gateStory(known),
    targetsInWords: targetWords(row),
    scheduleInWords: scheduleWords(row),
    timeline: timelineOf(row, { withdrawal, approvals: steering?.approvals ?? [] }),
    request,
    requestDigest: row.requestDigest,
    correlationId: row.correlationId,
    messageId: row.messageId,
    links: region === undefined ? [] : awsPagesOf(row, { stage, region }, now),
  });
}

/** What a gate asks for and has seen. A rollout that ended before it opened shows only what was asked for. */
function gateStory({ row, steering }: KnownRollout): string[] {
  const lines = gateLines(row, steering).map((line) => line.replace(/^gate: /, ''));
  return lines.length > 0 || row.gate === undefined ? lines : gateInWords(row.gate);
}
