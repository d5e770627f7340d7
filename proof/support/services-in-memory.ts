import { withoutBuild } from '../../domain/release/version.ts';
import type { Operation } from '../../domain/request/control-planes.ts';
import type { Reply, Sighting } from '../../domain/rollout/observation.ts';
import type { OutcomeEvent } from '../../domain/rollout/outcome-schema.ts';
import type { ControlPlane } from '../../domain/rollout/ports.ts';
import { emptyHead, type Head, type Identity, type RecordedWithdrawal, type Rollout } from '../../domain/rollout/rollout.ts';
import { inTurn } from '../../handlers/in-turn.ts';
import type { Invocation, Services } from '../../handlers/services.ts';
import { minutes, now as start, timing } from './a-rollout.ts';
import { artifact, channelsOf, otaTaskChannel, otaUpdateChannel, place } from './fixtures.ts';

type Item = { readonly rev: number; readonly value: unknown };

/** What a service at AWS answers: each test sets it as it needs. `replies` are used up first, then `reply`. */
export type ScriptedPlane = {
  replies: Reply[];
  reply: Reply;
  sighting: Sighting;
  readonly sent: Readonly<Record<string, unknown>>[];
  readonly stopped: string[];
};

/**
 * Everything a record's way needs, in memory: a ledger with its one condition, scripted control planes, and a journal
 * of every call that leaves the process, in order. `before` and `after` are asked at every call, by its line in the
 * journal, and may throw: then the call fails without, or in spite of, its effect.
 */
export function servicesInMemory(changes: { readonly channels?: Services['channels'] } = {}) {
  const items = new Map<string, string>();
  const journal: string[] = [];
  const told: OutcomeEvent[] = [];
  const followUps: { body: string; delaySeconds: number }[] = [];
  const rejected: { body: string; code: string }[] = [];
  const problems: string[] = [];
  const said: Record<string, unknown>[] = [];
  const measured: (readonly [name: string, value: number])[] = [];
  const hooks: { before?: (line: string) => void | Promise<void>; after?: (line: string) => void | Promise<void> } = {};
  const clock = { now: start };
  const planes = {
    CreateOTAUpdate: scripted({ kind: 'accepted', aws: {} }, { kind: 'pending' }),
    CreateOtaTask: scripted({ kind: 'created', aws: { taskId: 't-1' } }, { kind: 'notFound' }),
  };
  const locks = new Set<string>();
  const limits = { turn: true };

  async function call<T>(line: string, effect: () => T): Promise<T> {
    journal.push(line);
    await hooks.before?.(line);
    const answer = effect();
    await hooks.after?.(line);
    return answer;
  }

  const read = (key: string): Item | undefined => {
    const text = items.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Item);
  };
  const putIf = (key: string, rev: number, value: unknown): boolean => {
    if ((read(key)?.rev ?? 0) !== rev) return false;
    items.set(key, JSON.stringify({ rev: rev + 1, value }));
    return true;
  };
  const rowAt = (identity: Identity) => read(rowKey(identity))?.value as Rollout | undefined;
  const withdrawalsAt = (product: string, version: string) => {
    const item = read(`T#${product}#${withoutBuild(version)}`);
    return { itemRevision: item?.rev ?? 0, list: (item?.value ?? []) as readonly RecordedWithdrawal[] };
  };
  const headAt = (product: string, channel: string): Head => {
    const item = read(`H#${product}#${channel}`);
    return item ? { ...(item.value as Head), itemRevision: item.rev } : emptyHead;
  };

  const ledger: Services['ledger'] = {
    lookUp: (product, version, wanted) =>
      call('lookUp', () => ({
        rows: wanted.flatMap((one) => rowAt({ product, version, ...one }) ?? []),
        withdrawals: withdrawalsAt(product, version),
      })),
    load: (identity) =>
      call(`load ${identity.channel}`, () => ({
        row: rowAt(identity),
        head: headAt(identity.product, identity.channel),
        withdrawals: withdrawalsAt(identity.product, identity.version).list,
      })),
    read: (identity) => call(`read ${identity.version}`, () => rowAt(identity)),
    claim: (row) =>
      call(`claim ${row.channel}`, () => {
        const existing = rowAt(row);
        if (existing) return { claimed: false as const, existing };
        putIf(rowKey(row), 0, row);
        return { claimed: true as const };
      }),
    write: (row) => call(`write ${row.channel} ${row.state}`, () => putIf(rowKey(row), row.itemRevision - 1, row)),
    writeHead: (product, channel, head) => call(`head ${channel}`, () => putIf(`H#${product}#${channel}`, head.itemRevision, head)),
    writeWithdrawals: (product, version, { itemRevision, list }) =>
      call('withdrawal', () => putIf(`T#${product}#${withoutBuild(version)}`, itemRevision, list)),
    rowsOf: (product, version) =>
      call('rows', () => {
        const keys = [...items.keys()].filter((key) => key.startsWith(`R#${product}#${withoutBuild(version)}#`));
        return keys.flatMap((key) => (read(key)?.value as Rollout | undefined) ?? []);
      }),
  };

  const plane = (operation: Operation): ControlPlane => {
    const script = planes[operation];
    return {
      create: async (input) => {
        const id = String(input['otaUpdateId'] ?? input['ClientToken']);
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
    ledger,
    lock: {
      once: async (key, work) => {
        if (await call('lock', () => locks.has(key))) return false;
        await work();
        await call('lock completed', () => locks.add(key));
        return true;
      },
    },
    controlPlanes: { CreateOTAUpdate: plane('CreateOTAUpdate'), CreateOtaTask: plane('CreateOtaTask') },
    limiter: { take: async () => limits.turn },
    artifacts: { facts: () => call('artifact', () => ({ found: true as const, sizeBytes: 4, sha256: artifact.sha256 ?? '' })) },
    documents: { write: () => call('document', () => undefined) },
    bus: {
      publish: (events) =>
        call(`publish ${events.map((event) => event.detailType.split(' ').slice(1).join(' ')).join(', ')}`, () => {
          told.push(...events);
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
        said.push({ messageId, code, channel });
      },
      measure: (name, value) => {
        measured.push([name, value]);
      },
      problem: (what, _error, fields) => {
        problems.push(what);
        said.push({ what, ...fields });
      },
    },
  };

  return {
    services,
    items,
    journal,
    told,
    followUps,
    rejected,
    problems,
    /** Refusals and problems with what they are found by, and the values of metrics. */
    said,
    measured,
    hooks,
    clock,
    planes,
    locks,
    limits,
    rowAt,
    headAt,
    /** Puts a row as it is, its revision included; its entry in the head with it, where one is given. */
    put(row: Rollout, entry?: Head['entries'][string]): void {
      items.set(rowKey(row), JSON.stringify({ rev: row.itemRevision, value: row }));
      if (!entry) return;
      const head = headAt(row.product, row.channel);
      const value = { lastSequence: Math.max(head.lastSequence, entry.sequence), entries: { ...head.entries, [row.rolloutId]: entry } };
      items.set(`H#${row.product}#${row.channel}`, JSON.stringify({ rev: head.itemRevision + 1, value }));
    },
    /** The calls since the last time it was asked. */
    calls: () => journal.splice(0),
  };
}

export type InMemory = ReturnType<typeof servicesInMemory>;

/** An invocation with a minute left, unless told otherwise. */
export function anErrand(millisecondsLeft: () => number = () => minutes(1)): Invocation {
  return { who: 'a test', millisecondsLeft, inTurn: inTurn() };
}

function scripted(reply: Reply, sighting: Sighting): ScriptedPlane {
  return { replies: [], reply, sighting, sent: [], stopped: [] };
}

function rowKey({ product, version, revision, channel }: Identity): string {
  return `R#${product}#${withoutBuild(version)}#${revision}#${channel}`;
}
