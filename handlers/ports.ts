import type { Channels } from '../domain/channels/schema.ts';
import type { Place } from '../domain/channels/variables.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import type { ArtifactFacts } from '../domain/request/plan.ts';
import type { JobDocument } from '../domain/request/planned-rollout.ts';
import type { LookAt, Reply, Sighting, StopOrder, Subject } from '../domain/rollout/observation.ts';
import type { MessageFacts } from '../domain/rollout/outcome.ts';
import type { OutcomeEvent } from '../domain/rollout/outcome-schema.ts';
import type { Head, Identity, RecordedWithdrawal, Rollout } from '../domain/rollout/rollout.ts';
import type { Timing } from '../domain/rollout/step.ts';

/** The four words: how a record from the releases queue ends. */
export type RecordEnding = 'dispatched' | 'duplicate' | 'rejected' | 'retried';

/** What may be said in a log line: ids and words, never bodies. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export type VersionWithdrawals = { readonly itemRevision: number; readonly list: readonly RecordedWithdrawal[] };

/** One of the two AWS services; `create` never throws, the others throw what is worth retrying. */
export type ControlPlane = {
  create(input: Readonly<Record<string, unknown>>): Promise<Reply>;
  look(subject: Subject, at: LookAt): Promise<Sighting>;
  stop(subject: Subject, order: StopOrder): Promise<void>;
};

/** Everything that a record's way needs from outside: `dependencies.ts` makes it, a simulation may. */
export type Services = {
  /** Epoch ms. */
  readonly now: () => number;
  readonly timing: Timing;
  readonly place: Place;
  readonly allowedAccounts: readonly string[];
  readonly channels: Channels;
  readonly ledger: {
    lookUp(
      product: string,
      version: string,
      wanted: readonly Pick<Identity, 'revision' | 'channel'>[],
    ): Promise<{ rows: Rollout[]; withdrawals: VersionWithdrawals }>;
    load(identity: Identity): Promise<{ row: Rollout | undefined; head: Head; withdrawals: readonly RecordedWithdrawal[] }>;
    read(identity: Identity): Promise<Rollout | undefined>;
    claim(row: Rollout): Promise<{ claimed: true } | { claimed: false; existing: Rollout }>;
    write(row: Rollout): Promise<boolean>;
    writeHead(product: string, channel: string, head: Head): Promise<boolean>;
    writeWithdrawals(product: string, version: string, withdrawals: VersionWithdrawals): Promise<boolean>;
    rowsOf(product: string, version: string): Promise<Rollout[]>;
  };
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly lock: { once<T extends string>(key: string, work: () => Promise<T>): Promise<T | 'busy'> };
  readonly controlPlanes: { readonly iot: ControlPlane; readonly iotmanagedintegrations: ControlPlane };
  readonly limiter: { take(maxWaitMilliseconds: number): Promise<boolean> };
  readonly artifacts: {
    /** Size and SHA-256 of the object at its version; a body longer than `maxBytes` is not read. `bytesRead` where it had to be read. */
    facts(
      location: { bucket: string; key: string; version: string },
      maxBytes: number,
    ): Promise<ArtifactFacts & { readonly bytesRead?: number }>;
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
    record(word: RecordEnding, fields: Fields): void;
    accepted(row: Rollout, who: string): void;
    transition(before: Rollout, after: Rollout, who: string): void;
    refusal(message: MessageFacts, rejection: Rejection): void;
    measure(name: string, value: number): void;
    problem(what: string, error: unknown, fields: Fields): void;
  };
};

/** What the loop over one rollout needs. */
export type AdvanceServices = Pick<Services, 'bus' | 'controlPlanes' | 'ledger' | 'limiter' | 'now' | 'queues' | 'telemetry' | 'timing'>;

/** What the sweep needs. */
export type SweepServices = Pick<Services, 'now' | 'queues' | 'telemetry'>;

/** What one invocation brings to a piece of work: who does it, and how long it may take. */
export type Invocation = {
  /** The function and the message: `follow-ups 5f1c…`. */
  readonly who: string;
  readonly millisecondsLeft: () => number;
  /** Lets work on one release run one after the other within the invocation. */
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>;
};
