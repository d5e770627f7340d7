import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Clients } from '../../../handlers/dependencies.ts';
import type { Chance } from '../../random.ts';

/** What histories draw and the embedded AWS is told by settings: the same for both sides, for a whole sequence. */
export type Terms = {
  /** From CREATE_PENDING to CREATE_IN_PROGRESS. From there to the end it takes three times as long. */
  readonly pendingMilliseconds: number;
  /** Devices behind every target. They take the update one after the other. */
  readonly devices: number;
  /** How long each of them takes. */
  readonly deviceMilliseconds: number;
  /** Whether the first of them fails. */
  readonly firstFails: boolean;
  /** Whether GetOtaTask of the simulated service tells the tags; else they are asked for by themselves. */
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

/** What is done to the stores by others than the service. Ids of messages are those that `receive` answers. */
export type Outside = {
  /** Every item of a table, in no order. */
  items(table: string): Promise<readonly Readonly<Record<string, AttributeValue>>[]>;
  send(queue: string, body: string): Promise<void>;
  receive(queue: string, most: number): Promise<readonly Received[]>;
  remove(queue: string, id: string): Promise<void>;
  /** Sends the dead letters of a queue round again; answers how many. */
  redrive(queue: string): Promise<number>;
  waiting(queue: string): Promise<{ readonly visible: number; readonly hidden: number }>;
  /** What the bus has passed on so far, oldest first. */
  published(): Promise<readonly { readonly detailType: string; readonly detail: unknown }[]>;
  /** Uploads an artifact; answers its version. */
  upload(key: string, body: Uint8Array, withSha256: boolean): Promise<string>;
  /** A configuration by which a task reaches out to the next device when the one before it is done. */
  readonly taskConfigurationId: string;
  /** Makes the next creation of an OTA update fail late. */
  failNextCreation(): void;
  /** A person deletes the job of an OTA update, whatever its state: it is gone at once. */
  deleteJob(jobId: string): Promise<void>;
};

/** One of the two AWSs: what the service meets of it, and what others do there. Its time stands still until it is moved. */
export type Side = {
  readonly name: 'simulated' | 'embedded';
  readonly clients: Clients;
  readonly outside: Outside;
  readonly now: () => number;
  readonly advance: (milliseconds: number) => Promise<void>;
  /** Carries work of the service out, with this side's clock as the clock of the process. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
  /** Stands for an id that the side made up: `m1` for the first of its kind that was seen. */
  readonly alias: (kind: string, id: string) => string;
  readonly close: () => Promise<void>;
};

/** One step of a sequence. What it answers, or the name of what it throws, must be the same on both sides. */
export type Operation = {
  /** As it is printed. */
  readonly says: string;
  readonly on: (side: Side) => Promise<unknown>;
};

/** Made up from a seed: what both sides agree on, and what is done to both. */
export type Sequence = { readonly terms: Terms; readonly operations: readonly Operation[] };

/** Terms of a sequence in which nothing depends on them. */
export const anyTerms: Terms = { pendingMilliseconds: 500, devices: 1, deviceMilliseconds: 60_000, firstFails: false, tagsInTask: true };

/** A JSON document that lies in the bucket of documents on both sides, for updates and tasks to name. */
export const DOCUMENT_KEY = 'job.json';
/** The thing group, and the beginning of the names, of the devices. */
export const FLEET = 'fleet';

/** An operation of the service by its clients. */
export function asking(says: string, ask: (clients: Clients, side: Side) => Promise<unknown>): Operation {
  return { says, on: (side) => side.during(() => ask(side.clients, side)) };
}

export function passing(milliseconds: number): Operation {
  return { says: `${milliseconds / 1000} s pass`, on: (side) => side.advance(milliseconds) };
}

/** How operations are made up, some more often than others. */
export type Kinds = readonly (readonly [weight: number, make: () => Operation])[];

/** So many operations, at least and at most. */
export function operationsOf(chance: Chance, least: number, most: number, kinds: Kinds): Operation[] {
  const makers = kinds.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  return Array.from({ length: chance.whole('length', least, most) }, () => chance.pick('kind', makers)());
}

/** The same ids for the same things, in the order in which they are first seen. */
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
