import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { contentOf } from '../../domain/release/digest.ts';
import { withoutBuild } from '../../domain/release/version.ts';
import type { Operation } from '../../domain/request/control-planes.ts';
import type { Reply, Sighting } from '../../domain/rollout/observation.ts';
import type { OutcomeEvent } from '../../domain/rollout/outcome-schema.ts';
import type { ControlPlane } from '../../domain/rollout/ports.ts';
import { emptyHead, type Head, type Identity, type Rollout } from '../../domain/rollout/rollout.ts';
import { inTurn } from '../../handlers/in-turn.ts';
import type { Invocation, Services } from '../../handlers/services.ts';
import { dynamoDbTables, keyOf } from '../simulate/aws/tables.ts';
import type { Input } from '../simulate/transport.ts';
import { minutes, now as start, timing } from './a-rollout.ts';
import { artifact, channelsOf, otaTaskChannel, otaUpdateChannel, place, release } from './fixtures.ts';

const TABLE = 'ledger';

/** The answers of a control plane, which a test sets. `replies` are used up first, then `reply`. */
export type ScriptedPlane = {
  replies: Reply[];
  reply: Reply;
  sighting: Sighting;
  readonly sent: Readonly<Record<string, unknown>>[];
  readonly stopped: string[];
};

/**
 * All services that a record needs, in memory: the ledger's adapter over the simulated DynamoDB, scripted control planes,
 * and a journal of every call in order. The hooks `before` and `after` get each call's line of the journal. If `before`
 * throws, the call fails without its effect. If `after` throws, it fails after its effect.
 */
export function servicesInMemory(changes: { readonly channels?: Services['channels'] } = {}) {
  const tables = dynamoDbTables([TABLE], { indexed: () => [...items.values()].filter((item) => item['workShard'] && item['dueAt']) });
  const items = tables.items(TABLE);
  const journal: string[] = [];
  const published: OutcomeEvent[] = [];
  const followUps: { body: string; delaySeconds: number }[] = [];
  const rejected: { body: string; code: string }[] = [];
  const problems: string[] = [];
  const reported: Record<string, unknown>[] = [];
  const measured: (readonly [name: string, value: number])[] = [];
  const hooks: { before?: (line: string) => void | Promise<void>; after?: (line: string) => void | Promise<void> } = {};
  const clock = { now: start };
  const planes = {
    CreateOTAUpdate: scripted({ kind: 'accepted', aws: {} }, { kind: 'pending' }),
    CreateJob: scripted({ kind: 'created', aws: { jobId: 'j-1' } }, { kind: 'exists', job: 'live', aws: { jobId: 'j-1' } }),
    CreateOtaTask: scripted({ kind: 'created', aws: { taskId: 't-1' } }, { kind: 'notFound' }),
  };
  const locks = new Set<string>();
  const limits = { turn: true, look: true };

  async function call<T>(line: string, effect: () => T | Promise<T>): Promise<T> {
    journal.push(line);
    await hooks.before?.(line);
    const answer = await effect();
    await hooks.after?.(line);
    return answer;
  }

  const rows = () => [...items.values()].flatMap(({ rollout }) => (rollout?.S === undefined ? [] : [JSON.parse(rollout.S) as Rollout]));
  const rowAt = (identity: Identity) => rows().find((row) => nameOf(row) === nameOf(identity));
  const headAt = (product: string, channel: string): Head => {
    const item = items.get(keyOf({ pk: { S: `CHANNEL#${product}#${channel}` }, sk: { S: 'HEAD' } }));
    return item
      ? {
          ...(JSON.parse(item['head']?.S ?? '{}') as Pick<Head, 'lastSequence' | 'taken' | 'entries'>),
          itemRevision: Number(item['itemRevision']?.N),
        }
      : emptyHead;
  };

  const table = ledger(clientOf(tables.handle), TABLE);
  const journalled: Services['ledger'] = {
    lookUp: (...given) => call('lookUp', () => table.lookUp(...given)),
    load: (identity) => call(`load ${identity.channel}`, () => table.load(identity)),
    read: (identity) => call(`read ${identity.version}`, () => table.read(identity)),
    identityOf: (rolloutId) => call('identity', () => table.identityOf(rolloutId)),
    withdrawals: (...given) => call('withdrawals', () => table.withdrawals(...given)),
    accept: (row, release) => call(`accept ${row.channel}`, () => table.accept(row, release)),
    claim: (row) => call(`claim ${row.channel}`, () => table.claim(row)),
    write: (row) => call(`write ${row.channel} ${row.state}`, () => table.write(row)),
    writeHead: (...given) => call(`head ${given[1]}`, () => table.writeHead(...given)),
    writeWithdrawals: (...given) => call('withdrawal', () => table.writeWithdrawals(...given)),
    upstreams: (...given) => call('upstreams', () => table.upstreams(...given)),
    approvals: (...given) => call('approvals', () => table.approvals(...given)),
    writeApprovals: (...given) => call('approval', () => table.writeApprovals(...given)),
    holds: (...given) => call('holds', () => table.holds(...given)),
    writeHolds: (...given) => call('hold', () => table.writeHolds(...given)),
    rowsOf: (...given) => call('rows', () => table.rowsOf(...given)),
    unfinishedOf: (...given) => call('unfinished', () => table.unfinishedOf(...given)),
  };

  const plane = (operation: Operation): ControlPlane => {
    const script = planes[operation];
    return {
      create: async (input) => {
        const id = String(input['otaUpdateId'] ?? input['jobId'] ?? input['ClientToken']);
        return call(`create ${id.at(-1)}`, () => {
          script.sent.push(input);
          return script.replies.shift() ?? script.reply;
        });
      },
      look: (_subject, at) => call(`look ${at}`, () => script.sighting),
      stop: (subject, order) =>
        call(`stop ${order.reasonCode}`, () => {
          script.stopped.push(subject.rolloutId);
        }),
    };
  };

  const stored = { found: true as const, sizeBytes: 4, sha256: artifact.sha256 ?? '' };
  const services: Services = {
    now: () => clock.now,
    pause: async (milliseconds: number) => {
      journal.push('pause');
      clock.now += milliseconds;
    },
    timing,
    place,
    allowedAccounts: [place.accountId],
    channels:
      changes.channels ??
      channelsOf({
        beta: otaUpdateChannel({}, { unsigned: 'allow' }),
        stable: otaUpdateChannel({}, { unsigned: 'allow' }),
        hubs: otaTaskChannel({}, { unguarded: 'allow' }),
      }),
    ledger: journalled,
    lock: {
      once: async (key, work) => {
        if (await call('lock', () => locks.has(key))) return false;
        await work();
        await call('lock completed', () => locks.add(key));
        return true;
      },
    },
    controlPlanes: { CreateOTAUpdate: plane('CreateOTAUpdate'), CreateJob: plane('CreateJob'), CreateOtaTask: plane('CreateOtaTask') },
    untilAnswering: async () => undefined,
    untilRead: (read) => read(),
    limiter: { take: async () => limits.turn },
    looks: { take: async () => limits.look },
    artifacts: { facts: () => call('artifact', () => stored), read: () => call('artifact read', () => stored) },
    documents: { write: () => call('document', () => undefined) },
    bus: {
      publish: (events) =>
        call(`publish ${events.map((event) => event.detailType.split(' ').slice(1).join(' ')).join(', ')}`, () => {
          published.push(...events);
        }),
    },
    queues: {
      sendFollowUps: (messages) =>
        call(
          `follow-up ${messages.map(({ body }) => (JSON.parse(body).followUpNumber === '*' ? `wake ${JSON.parse(body).version}` : 'numbered')).join(', ')}`,
          () => {
            followUps.push(...messages);
          },
        ),
      sendRejected: (body, { code }) =>
        call(`rejected ${code}`, () => {
          rejected.push({ body, code });
        }),
    },
    telemetry: {
      record: () => undefined,
      accepted: () => undefined,
      transition: () => undefined,
      refusal: ({ messageId }, { code, channel }) => {
        reported.push({ messageId, code, channel });
      },
      measure: (name, value) => {
        measured.push([name, value]);
      },
      failedCall: (call, { state }) => {
        measured.push([`failed ${call} in ${state}`, 1]);
      },
      problem: (what, _error, fields) => {
        problems.push(what);
        reported.push({ what, ...fields });
      },
    },
  };

  return {
    services,
    items,
    /** Forgets the client tokens of all transactions, as DynamoDB does after ten minutes. */
    forgetTransactions: tables.forgetTransactions,
    journal,
    published,
    followUps,
    rejected,
    problems,
    /** The reported refusals and problems, and the values of metrics. */
    reported,
    measured,
    hooks,
    clock,
    planes,
    locks,
    limits,
    rowAt,
    headAt,
    /** Puts a row as it is, and what its revision stands for, and its entry into the head if one is given. */
    put(row: Rollout, entry?: Head['entries'][string]): void {
      // The adapter sends before it waits, so all are in the table when this returns.
      const unconditional = ledger(
        clientOf((operation, input) => tables.handle(operation, withoutConditions(input))),
        TABLE,
      );
      void unconditional.accept(row, { ...row, detail: contentOf(release) });
      if (!entry) return;
      const head = headAt(row.product, row.channel);
      const entries = { ...head.entries, [row.rolloutId]: entry };
      void unconditional.writeHead(row.product, row.channel, {
        itemRevision: head.itemRevision,
        lastSequence: Math.max(head.lastSequence, entry.sequence),
        taken: head.taken,
        entries,
      });
    },
    /** The calls since the last call of this function. */
    calls: () => journal.splice(0),
  };
}

function withoutConditions({ ConditionExpression: _, ...input }: Input): Input {
  const { TransactItems: items } = input as { TransactItems?: readonly { Put: Input }[] };
  return items ? { ...input, TransactItems: items.map(({ Put }) => ({ Put: withoutConditions(Put) })) } : input;
}

export type InMemory = ReturnType<typeof servicesInMemory>;

/** An invocation with a minute left, or as much as `millisecondsLeft` returns. */
export function anInvocation(millisecondsLeft: () => number = () => minutes(1)): Invocation {
  return { who: 'a test', millisecondsLeft, inChain: 1, inTurn: inTurn(), lookWaitMilliseconds: 1_000 };
}

function scripted(reply: Reply, sighting: Sighting): ScriptedPlane {
  return { replies: [], reply, sighting, sent: [], stopped: [] };
}

/** A client of DynamoDB whose requests `handle` answers. */
function clientOf(handle: (operation: string, input: Input) => unknown) {
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) =>
    handle(command.constructor.name.replace(/Command$/, ''), command.input);
  return { send } as unknown as DynamoDBClient;
}

function nameOf({ product, version, revision, channel }: Identity): string {
  return `${product} ${withoutBuild(version)} ${revision} ${channel}`;
}
