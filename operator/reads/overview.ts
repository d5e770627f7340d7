import { gateOfChannel } from '../../domain/channels/gate.ts';
import type { Channel, Channels } from '../../domain/channels/schema.ts';
import { activeHolds, type Holds } from '../../domain/gate/holds.ts';
import { compact } from '../../domain/json/compact.ts';
import { grouped } from '../../domain/json/grouped.ts';
import { compareReleases } from '../../domain/release/version.ts';
import { controlPlanes, operationOf } from '../../domain/request/control-planes.ts';
import { type Head, type Identity, isFinal, type Rollout, waitingSince } from '../../domain/rollout/rollout.ts';
import { gateInWords } from '../words/gate-words.ts';
import { outlookWords } from '../words/outlook-words.ts';
import { type HoldView, holdView, type KnownRollout, knownView, type RolloutView } from './read-model.ts';

/** A rollout in a list: as `ota status --json` shows it, without its history. */
export type Summary = Omit<RolloutView, 'history'> & {
  /** It takes in devices for as long as it lives. */
  readonly isContinuous?: true;
  /** What it waits for, for people, such as `soaking until 14:20 UTC (beta 412 of 500, 4 failed)`. Absent in a history. */
  readonly waitsInWords?: string;
};

/** A product of channels.yml with its channels, in the order of the file. */
export type ProductNow = {
  readonly product: string;
  readonly sources: readonly string[];
  readonly approvers: readonly string[];
  /** Active now. One without `channels` covers the whole product. */
  readonly holds: readonly HoldView[];
  /** In the order of the file, so that a channel comes after those that its gate names. */
  readonly channels: readonly ChannelNow[];
};

export type ChannelNow = {
  readonly channel: string;
  readonly service: string;
  readonly operation: string;
  readonly isContinuous: boolean;
  /** The gate that channels.yml gives the next release. */
  readonly gate?: NonNullable<RolloutView['gate']>;
  /** The same for people, a text for each part, such as `after beta: at least 90 % succeeded, at most 5 % failed`. */
  readonly gateInWords: readonly string[];
  /** Targets or query of the channel, as channels.yml names them. Empty if each release names its own. */
  readonly targets: readonly string[];
  /** Globs of the ARNs that a release may name instead. Absent if it may not. */
  readonly targetsFromRelease?: readonly string[];
  /** A rollout entered the channel after those shown, and has failed or was withdrawn. Only the history has it. */
  readonly hasMoreInHistory?: true;
  /** What runs on the channel or came last, the newest first, then what waits for it. */
  readonly rollouts: readonly Summary[];
};

/** What was read of the ledger, for every channel of channels.yml and for what is due elsewhere. */
export type OverviewFacts = {
  readonly headOf: (product: string, channel: string) => Head;
  readonly holdsOf: (product: string) => Holds;
  readonly rollouts: readonly KnownRollout[];
};

/** Rollouts in a head that are live, and how many of those that have ended are shown of each channel. */
const LIVE_MAX = 20;
const ENDED_MAX = 3;

/** The rollouts of a head that an overview shows: the live ones and the last that have ended, the newest first. */
export function shownOf(product: string, channel: string, head: Head): Identity[] {
  const entries = Object.values(head.entries).sort((a, b) => b.sequence - a.sequence);
  const shown = [...entries.filter(({ done }) => !done).slice(0, LIVE_MAX), ...entries.filter(({ done }) => done).slice(0, ENDED_MAX)];
  return shown.map(({ version, revision }) => ({ product, version, revision, channel }));
}

/**
 * The products and channels of channels.yml in the order of the file, each with what runs or came last, the newest first, and then what
 * waits. `elsewhere` has the rollouts of channels that the file does not have. `now` in epoch ms.
 */
export function overview(
  { products }: Channels,
  { headOf, holdsOf, rollouts }: OverviewFacts,
  now: number,
): { readonly products: readonly ProductNow[]; readonly elsewhere: readonly Summary[] } {
  const isInFile = ({ row }: KnownRollout) => {
    const product = Object.hasOwn(products, row.product) ? products[row.product] : undefined;
    return product !== undefined && Object.hasOwn(product.channels, row.channel);
  };
  const byChannel = grouped(rollouts.filter(isInFile), ({ row }) => JSON.stringify([row.product, row.channel]));
  return {
    products: Object.entries(products).map(([product, { sources, approvers = [], channels }]) => ({
      product,
      sources,
      approvers,
      holds: activeHolds(holdsOf(product), now).map((hold) => holdView(product, hold)),
      channels: Object.entries(channels).map(([name, channel]) => {
        const known = byChannel.get(JSON.stringify([product, name])) ?? [];
        return channelNow(name, channel, headOf(product, name), known, now);
      }),
    })),
    elsewhere: rollouts.filter((known) => !isInFile(known) && !isFinal(known.row.state)).map((known) => summaryOf(known, now)),
  };
}

function channelNow(name: string, channel: Channel, head: Head, known: readonly KnownRollout[], now: number): ChannelNow {
  const operation = operationOf(channel);
  const gate = gateOfChannel(channel);
  const rollouts = inOrder(known, head);
  const last = Math.max(0, ...rollouts.map(({ row }) => sequenceOf(row, head)));
  return compact({
    channel: name,
    service: controlPlanes[operation].service,
    operation,
    isContinuous: controlPlanes[operation].isContinuous(channel),
    gate,
    gateInWords: gate ? gateInWords(gate) : [],
    targets: targetsOf(channel),
    targetsFromRelease: channel.targetsFromRelease,
    hasMoreInHistory: head.lastSequence > last ? (true as const) : undefined,
    rollouts: rollouts.map((one) => summaryOf(one, now)),
  });
}

/** What the template of a channel names as its targets, or its query. */
function targetsOf({ createOTAUpdate, createOtaTask, createJob }: Channel): readonly string[] {
  const query = createOtaTask?.OtaTargetQueryString;
  return createOTAUpdate?.targets ?? createJob?.targets ?? createOtaTask?.Target ?? (query === undefined ? [] : [query]);
}

/** What has entered the channel, the newest first, then what ended before it entered, then what waits, the newest release first. */
function inOrder(known: readonly KnownRollout[], head: Head): KnownRollout[] {
  const waits = ({ row }: KnownRollout) => !isFinal(row.state) && sequenceOf(row, head) === 0;
  const ended = known.filter(({ row }) => isFinal(row.state)).sort((a, b) => waitingSince(b.row) - waitingSince(a.row));
  const entered = [...known.filter((one) => !isFinal(one.row.state) && !waits(one)), ...ended.slice(0, ENDED_MAX)];
  return [
    ...entered.sort((a, b) => sequenceOf(b.row, head) - sequenceOf(a.row, head)),
    ...known.filter(waits).sort((a, b) => compareReleases(b.row, a.row)),
  ];
}

/** The place of a rollout in the order of its channel. 0 if it has none. */
function sequenceOf(row: Rollout, head: Head): number {
  return row.sequence ?? head.entries[row.rolloutId]?.sequence ?? 0;
}

/** A rollout in a list. `now` in epoch ms. */
function summaryOf(known: KnownRollout, now: number): Summary {
  const { history: _long, ...view } = knownView(known);
  const { row, outlook, steering } = known;
  const words = steering === undefined ? '' : outlookWords(row, outlook, steering, now);
  return compact({ ...view, isContinuous: row.continuous ? (true as const) : undefined, waitsInWords: words || undefined });
}
