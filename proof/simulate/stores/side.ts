import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Chance } from '../../random.ts';
import type { Clients } from '../../stage/compose.ts';

/** What histories draw and the embedded AWS has settings for. Both sides have the same values for a whole sequence. */
export type Terms = {
  /** From CREATE_PENDING to CREATE_IN_PROGRESS. From there to the end it takes three times as long. */
  readonly pendingMilliseconds: number;
  /** The number of devices of every target. They take the update one after the other. */
  readonly devices: number;
  /** How long each of them takes. */
  readonly deviceMilliseconds: number;
  /** Whether the first device fails. */
  readonly firstFails: boolean;
  /** Whether the simulated GetOtaTask returns tags. Else the adapter reads them with their own request. */
  readonly tagsInTask: boolean;
};

export type Received = {
  readonly id: string;
  readonly body: string;
  readonly receives: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
};

/** What others than the service do to the stores. Ids of messages are those that `receive` returns. */
export type Outside = {
  /** Every item of a table, in any order. */
  items(table: string): Promise<readonly Readonly<Record<string, AttributeValue>>[]>;
  send(queue: string, body: string): Promise<void>;
  receive(queue: string, most: number): Promise<readonly Received[]>;
  remove(queue: string, id: string): Promise<void>;
  /** Redrives the dead-letter queue of a queue. Returns the number of messages. */
  redrive(queue: string): Promise<number>;
  waiting(queue: string): Promise<{ readonly visible: number; readonly hidden: number }>;
  /** The events that the bus has delivered so far, oldest first. */
  published(): Promise<readonly { readonly detailType: string; readonly detail: unknown }[]>;
  /** Uploads an artifact and returns its version. */
  upload(key: string, body: Uint8Array, withSha256: boolean): Promise<string>;
  /** The id of a task configuration that notifies the next device when the one before it is done. */
  readonly taskConfigurationId: string;
  /** Makes the next creation of an OTA update fail late. */
  failNextCreation(): void;
  /** A person changes the timeout of a job, if it can still start on devices. */
  changeJob(jobId: string): Promise<void>;
  /** A person deletes a job in any state. It is gone at once. */
  deleteJob(jobId: string): Promise<void>;
};

/** One of the two sides: what the service sees of AWS, and what others do there. Its time stands still until it is moved. */
export type Side = {
  readonly name: 'simulated' | 'embedded';
  readonly clients: Clients;
  readonly outside: Outside;
  readonly now: () => number;
  readonly advance: (milliseconds: number) => Promise<void>;
  /** Runs work of the service with this side's clock as the clock of the process. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
  /** A common name for an id that the side made up: `m1` for the first of its kind. */
  readonly alias: (kind: string, id: string) => string;
  readonly close: () => Promise<void>;
};

/** One step of a sequence. Its answer, or the name of its error, must be the same on both sides. */
export type Operation = {
  /** The step as text. */
  readonly says: string;
  readonly on: (side: Side) => Promise<unknown>;
};

/** The terms of both sides and the operations that are carried out on both, drawn from a seed. */
export type Sequence = { readonly terms: Terms; readonly operations: readonly Operation[] };

/** Terms for a sequence in which nothing depends on them. */
export const anyTerms: Terms = { pendingMilliseconds: 500, devices: 1, deviceMilliseconds: 60_000, firstFails: false, tagsInTask: true };

/** A JSON document in the bucket of documents on both sides, for updates and tasks. */
export const DOCUMENT_KEY = 'job.json';
/** The thing group of the devices, and the beginning of their names. */
export const FLEET = 'fleet';

/** An operation that the service sends with its clients. */
export function asking(says: string, ask: (clients: Clients, side: Side) => Promise<unknown>): Operation {
  return { says, on: (side) => side.during(() => ask(side.clients, side)) };
}

export function passing(milliseconds: number): Operation {
  return { says: `${milliseconds / 1000} s pass`, on: (side) => side.advance(milliseconds) };
}

/** Kinds of operations with their weights. */
export type Kinds = readonly (readonly [weight: number, make: () => Operation])[];

/** The least and the most operations of a sequence. */
export function operationsOf(chance: Chance, least: number, most: number, kinds: Kinds): Operation[] {
  const makers = kinds.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  return Array.from({ length: chance.whole('length', least, most) }, () => chance.pick('kind', makers)());
}

/** Gives each id a common name, in the order in which ids are first seen. */
export function aliases(): Side['alias'] {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();
  return (kind, id) => {
    const key = `${kind} ${id}`;
    let alias = known.get(key);
    if (alias === undefined) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      alias = `${kind}${count}`;
      known.set(key, alias);
    }
    return alias;
  };
}
