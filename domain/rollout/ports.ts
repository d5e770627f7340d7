/*
 * What the life of a rollout needs from outside, as types only: adapters/ implements it, a simulation may. Whatever is
 * worth retrying is thrown.
 */

import type { Approval } from '../gate/approvals.ts';
import type { Holds } from '../gate/holds.ts';
import type { Rejection } from '../release/rejection.ts';
import type { Release } from '../release/release.ts';
import type { Operation } from '../request/control-planes.ts';
import type { ArtifactFacts } from '../request/judge-artifact.ts';
import type { JobDocument } from '../request/planned-rollout.ts';
import type { Upstream } from './gate-of.ts';
import type { LookAt, Reply, Sighting, StopOrder, Subject } from './observation.ts';
import type { MessageFacts } from './outcome.ts';
import type { OutcomeEvent } from './outcome-schema.ts';
import type { AcceptedRelease, Head, Identity, RecordedWithdrawal, Rollout } from './rollout.ts';

/** How a record from the releases queue ends. */
export type RecordEnding = 'dispatched' | 'duplicate' | 'rejected' | 'retried';

/** What a log line may hold: ids and single words, never bodies. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The withdrawals of a version, with the revision of their item. */
export type VersionWithdrawals = { readonly itemRevision: number; readonly list: readonly RecordedWithdrawal[] };

/** The approvals of a version, whatever its build metadata, with the revision of their item. */
export type VersionApprovals = { readonly itemRevision: number; readonly list: readonly Approval[] };

/** The holds of a product, with the revision of their item. */
export type ProductHolds = { readonly itemRevision: number; readonly holds: Holds };

/** Everything that the ledger has about one rollout. */
export type Loaded = {
  readonly row: Rollout | undefined;
  readonly head: Head;
  readonly withdrawals: readonly RecordedWithdrawal[];
  readonly approvals: readonly Approval[];
  readonly holds: Holds;
};

/** The version and the content of what was accepted, be it known from a row or from the release itself. */
export type Accepted = Pick<AcceptedRelease, 'version' | 'releaseDigest'>;

/** What the ledger knows of a release. */
export type Known = { readonly rows: Rollout[]; readonly withdrawals: VersionWithdrawals; readonly accepted: Accepted | undefined };

/** The time that is left to an invocation. */
export type TimeLeft = { readonly millisecondsLeft: () => number };

export type ControlPlane = {
  /** Sends one create, once. Never throws: what cannot be told apart is `unknown`. */
  readonly create: (input: Readonly<Record<string, unknown>>) => Promise<Reply>;
  /** Throws if AWS fails, or if the time left does not suffice for a complete look. */
  readonly look: (subject: Subject, at: LookAt, time: TimeLeft) => Promise<Sighting>;
  /** Asks for a stop. That it returned does not mean that the update has stopped. Throws like `look`. */
  readonly stop: (subject: Subject, order: StopOrder, time: TimeLeft) => Promise<void>;
};

export type Ports = {
  readonly ledger: {
    /** The rows of a release on its channels, the withdrawals of its version, and what its revision stands for. */
    lookUp(release: Pick<Release, 'product' | 'version' | 'revision' | 'channels'>): Promise<Known>;
    withdrawals(product: string, version: string): Promise<VersionWithdrawals>;
    load(identity: Identity): Promise<Loaded>;
    /** The rollouts of the same release on other channels, and what came after each of them on its channel. */
    upstreams(identity: Identity, channels: readonly string[]): Promise<Readonly<Record<string, Upstream>>>;
    approvals(product: string, version: string): Promise<VersionApprovals>;
    writeApprovals(product: string, version: string, approvals: VersionApprovals): Promise<boolean>;
    holds(product: string): Promise<ProductHolds>;
    writeHolds(product: string, holds: ProductHolds): Promise<boolean>;
    read(identity: Identity): Promise<Rollout | undefined>;
    /** The rollout with this id. `undefined` if there is none, or if it was claimed a moment ago. */
    identityOf(rolloutId: string): Promise<Identity | undefined>;
    /** Puts the first row of a message, and with it what its revision stands for. Does neither if something else was accepted. */
    accept(row: Rollout, release: AcceptedRelease): Promise<{ claimed: true } | { claimed: false; accepted: Accepted }>;
    /** Puts the row of another channel of the message. Answers false if the rollout has a row. */
    claim(row: Rollout): Promise<boolean>;
    write(row: Rollout): Promise<boolean>;
    writeHead(product: string, channel: string, head: Head): Promise<boolean>;
    writeWithdrawals(product: string, version: string, withdrawals: VersionWithdrawals): Promise<boolean>;
    rowsOf(product: string, version: string): Promise<Rollout[]>;
    /** The rollouts of a product that have not ended, at most a thousand. It can miss one that was claimed a moment ago. */
    unfinishedOf(product: string): Promise<Rollout[]>;
  };
  /** Answers whether the work ran here; otherwise another invocation is at it, or has done it. */
  readonly lock: { once(key: string, work: () => Promise<void>): Promise<boolean> };
  readonly controlPlanes: Readonly<Record<Operation, ControlPlane>>;
  /** Waits while AWS answers neither the last create nor a look, as long as the time left permits it. Never throws. */
  readonly untilAnswering: (
    rollout: Pick<Subject, 'rolloutId' | 'request' | 'requestDigest'> & { readonly operation: Operation },
    time: TimeLeft,
  ) => Promise<void>;
  /** Reads something before the claim of a release. If AWS is away, waits as long as the time left permits it. Throws what the last read threw. */
  readonly untilRead: <T>(read: () => Promise<T>, reader: TimeLeft & { readonly who: string }) => Promise<T>;
  /** Answers whether a turn came within so many milliseconds. */
  readonly limiter: { take(maxWaitMilliseconds: number): Promise<boolean> };
  /** The same for looks at the devices of a rollout. */
  readonly looks: { take(maxWaitMilliseconds: number): Promise<boolean> };
  readonly artifacts: {
    /** The size of the object at its version, and its SHA-256 if S3 has one. Does not read the object. */
    facts(location: { bucket: string; key: string; version: string }): Promise<ArtifactFacts>;
    /** Reads an object of so many bytes and hashes it. Throws if the time left does not suffice. */
    read(location: { bucket: string; key: string; version: string }, sizeBytes: number, time: TimeLeft): Promise<ArtifactFacts>;
  };
  readonly documents: { write(document: JobDocument): Promise<void> };
  readonly bus: { publish(events: readonly OutcomeEvent[]): Promise<void> };
  readonly queues: {
    sendFollowUps(messages: readonly { readonly body: string; readonly delaySeconds: number }[]): Promise<void>;
    sendRejected(
      body: string,
      about: { readonly code: string; readonly path: string; readonly reason: string; readonly messageId: string },
    ): Promise<void>;
  };
  readonly telemetry: {
    record(ending: RecordEnding, fields: Fields): void;
    accepted(row: Rollout, who: string): void;
    transition(before: Rollout, after: Rollout, who: string): void;
    refusal(message: MessageFacts, rejection: Rejection): void;
    measure(name: string, value: number): void;
    /** A look at AWS, or a stop, failed for this rollout. */
    failedCall(call: 'look' | 'stop', row: Pick<Rollout, 'state' | 'dueAt'>, error: unknown): void;
    problem(what: string, error: unknown, fields: Fields): void;
  };
};
