import type { Context } from 'aws-lambda';
import type { RecordEnding } from '../../domain/rollout/ports.ts';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { consumeReleases } from '../../handlers/consume-releases.ts';
import type { ReleasesDependencies } from '../../handlers/dependencies/functions.ts';
import type { Settings } from '../../handlers/dependencies/settings.ts';
import { sweepOverdue } from '../../handlers/sweep-overdue.ts';
import { aStage } from '../stage/a-stage.ts';
import { type Clients, compose } from '../stage/compose.ts';
import { LEDGER, LOCK } from './aws/dynamodb.ts';
import { DOCUMENTS } from './aws/s3.ts';
import type { Message, Queue, Sqs } from './aws/sqs.ts';
import { FOLLOW_UPS, REJECTED, RELEASES, STEERING } from './aws/sqs.ts';
import type { Configuration } from './configurations.ts';
import type { FaultMix } from './fault-mix.ts';
import { type Caller, clientOf, type Outage, type SimulatedService } from './transport.ts';
import type { World } from './world.ts';

export type FunctionName = 'releases' | 'follow-ups' | 'sweep';
const TIMEOUT = 60_000;
/** Lambda refuses a function's later invocations in one chain of messages. */
const INVOCATIONS_OF_A_LOOP = 16;

const settings = aStage({
  OTA_STAGE: 'sim',
  OTA_LEDGER_TABLE: LEDGER,
  OTA_LOCK_TABLE: LOCK,
  // A draw is named after its queue, so the queues keep their short names.
  OTA_FOLLOW_UPS_QUEUE_URL: `https://sqs/000000000000/${FOLLOW_UPS}`,
  OTA_REJECTED_QUEUE_URL: `https://sqs/000000000000/${REJECTED}`,
  OTA_DOCUMENTS_BUCKET: DOCUMENTS,
  OTA_CREATES_PER_SECOND: 0.2,
});

/** The share of ten creates a second that infrastructure/quota.ts gives to each function. */
const settingsOf = (functionName: FunctionName): Settings =>
  functionName === 'releases' ? { ...settings, OTA_CREATES_PER_SECOND: 2.425 } : settings;

/** How a message ended, and the sandbox that recorded it. */
export type Said = { readonly word: RecordEnding; readonly messageId: string; readonly caller: Sandbox };

export type Sandbox = Caller & {
  readonly configuration: Configuration;
  readonly release: number;
  busy: boolean;
  readonly handler: (event: unknown, context: Context) => Promise<unknown>;
};

export type Lambda = {
  readonly start: () => void;
  readonly sweeping: (on: boolean) => void;
  /** Deploys a configuration. Idle sandboxes end, busy ones end after their work. */
  readonly deploy: (configuration: Configuration) => void;
  readonly invocations: () => number;
};

export type Parts = {
  readonly world: World;
  readonly mix: FaultMix;
  readonly services: Readonly<Record<keyof Clients, SimulatedService>>;
  readonly sqs: Sqs;
  readonly outages: readonly Outage[];
  readonly onSaid: (said: Said) => void;
  /** A record is deleted from the queue of releases or from that of steering events. */
  readonly onAcknowledged: (messageId: string) => void;
  /** Lambda refused an invocation of this function as one of a loop. */
  readonly onLoop: (functionName: FunctionName) => void;
  readonly configuration: Configuration;
};

/** Lambda: sandboxes that are reused, die and time out, three event source mappings and one schedule. */
export function lambda({ world, mix, services, sqs, outages, onSaid, onAcknowledged, onLoop, configuration: first }: Parts): Lambda {
  let configuration = first;
  let releaseNumber = 1;
  let sandboxes: Sandbox[] = [];
  let names = 0;
  let invocations = 0;
  let isSweeping = true;
  const { chance } = world;

  const boot = (functionName: FunctionName): Sandbox => {
    names += 1;
    const name = `${functionName}-${names}`;
    const caller: Caller = {
      name,
      functionName,
      skew: chance.whole('skew', -mix.skew, mix.skew),
      alive: true,
      began: world.now(),
      chain: 0,
      kill: (why) => {
        sandbox.alive = false;
        world.log(`${name} dies ${why}`);
        death.get(name)?.();
      },
    };
    const clients = Object.fromEntries(
      Object.entries(services).map(([key, service]) => [key, clientOf(service, caller, mix, outages, world)]),
    ) as unknown as Clients;
    const now = () => world.now() + caller.skew;
    const sleep = (milliseconds: number) => new Promise<void>((resolve) => world.after(milliseconds, resolve, caller));
    const compositions = compose(settingsOf(functionName), configuration.channels, clients, { now, sleep });
    const make: Record<FunctionName, () => unknown> = {
      releases: () =>
        consumeReleases(heard(compositions.releases(), ({ word, messageId }) => onSaid({ word, messageId, caller: sandbox }))),
      'follow-ups': () => consumeFollowUps(compositions['follow-ups']()),
      sweep: () => sweepOverdue(compositions.sweep()),
    };
    const sandbox: Sandbox = Object.assign(caller, {
      configuration,
      release: releaseNumber,
      busy: false,
      handler: make[functionName]() as Sandbox['handler'],
    });
    sandboxes.push(sandbox);
    return sandbox;
  };
  const death = new Map<string, () => void>();

  const invoke = (functionName: FunctionName, event: unknown, chain: number, done: (error: unknown, response?: unknown) => void): void => {
    sandboxes = sandboxes.filter((one) => one.alive && (one.busy || one.release === releaseNumber));
    const idle = sandboxes.filter((one) => one.functionName === functionName && !one.busy && one.release === releaseNumber);
    const sandbox = idle.length > 0 && !chance.is('cold start', 0.05) ? chance.pick('warm sandbox', idle) : boot(functionName);
    sandbox.busy = true;
    Object.assign(sandbox, { began: world.now(), chain });
    invocations += 1;
    const id = `i${invocations}`;
    let ended = false;
    const end = (error: unknown, response?: unknown): void => {
      if (ended) return;
      ended = true;
      death.delete(sandbox.name);
      sandbox.busy = false;
      done(error, response);
    };
    death.set(sandbox.name, () => world.after(chance.number('death noticed', 10, 1_000), () => end(new Error('Runtime exited'))));
    const deadline = world.now() + TIMEOUT;
    world.after(TIMEOUT, () => {
      if (!ended && sandbox.alive) sandbox.kill('at its timeout');
    });
    const context = {
      awsRequestId: id,
      functionName: `ota-dispatch-sim-${functionName}`,
      functionVersion: '1',
      invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:ota-dispatch-sim-${functionName}`,
      memoryLimitInMB: '1024',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadline - world.now(),
    } as unknown as Context;
    world.after(
      0,
      () => {
        Promise.resolve(sandbox.handler(event, context)).then(
          (response) => end(undefined, response),
          (error: unknown) => end(error ?? new Error('nothing')),
        );
      },
      sandbox,
    );
  };

  const mapping = (queue: Queue, functionName: FunctionName, batchMax: number) => {
    let flying = 0;
    let pollAt = Number.POSITIVE_INFINITY;
    const poll = (): void => {
      while (flying < mix.sandboxes) {
        const batch = sqs.take(queue, chance.whole(`batch ${queue.name}`, 1, batchMax));
        if (batch.length === 0) break;
        flying += 1;
        world.log(() => `${functionName} takes ${batch.map(({ messageId, receives }) => `${messageId}/${receives}`).join(' ')}`);
        const chain = chainOf(batch, functionName);
        if (chain > INVOCATIONS_OF_A_LOOP) {
          flying -= 1;
          onLoop(functionName);
          continue;
        }
        invoke(functionName, { Records: batch.map(recordOf) }, chain, (error, response) => {
          flying -= 1;
          if (error === undefined) {
            const failed = (response as { batchItemFailures?: { itemIdentifier: string }[] } | undefined)?.batchItemFailures ?? [];
            const left = new Set(failed.map(({ itemIdentifier }) => itemIdentifier));
            for (const { messageId } of batch.filter((message) => !left.has(message.messageId))) {
              if (queue.name !== FOLLOW_UPS) onAcknowledged(messageId);
              sqs.remove(queue, messageId);
            }
          } else world.log(`${functionName} failed: ${error instanceof Error ? error.message : String(error)}`);
          soon();
        });
      }
      if (flying < mix.sandboxes) soon();
    };
    const soon = (): void => {
      const next = sqs.nextVisible(queue);
      if (next === undefined) return;
      const at = Math.ceil(Math.max(next, world.now()) + chance.number('poll', 5, 300));
      if (at >= pollAt && pollAt > world.now()) return;
      pollAt = at;
      world.after(at - world.now(), () => {
        if (pollAt > world.now() || pollAt === Number.POSITIVE_INFINITY) return;
        pollAt = Number.POSITIVE_INFINITY;
        poll();
      });
    };
    return soon;
  };

  const sweep = (): void => {
    world.after(5 * 60_000, sweep);
    if (!isSweeping || world.deviates('lost sweep', 'schedule', mix.lostSweep)) return;
    const times = world.deviates('doubled sweep', 'schedule', mix.doubledSweep) ? 2 : 1;
    for (let time = 0; time < times; time += 1) invoke('sweep', {}, 0, () => {});
  };

  return {
    start: () => {
      const releases = sqs.queues.get(RELEASES);
      const steering = sqs.queues.get(STEERING);
      const followUps = sqs.queues.get(FOLLOW_UPS);
      if (!releases || !steering || !followUps) throw new Error('no queues');
      const polls = new Map([
        [releases, mapping(releases, 'releases', 5)],
        [steering, mapping(steering, 'releases', 5)],
        [followUps, mapping(followUps, 'follow-ups', 10)],
      ]);
      sqs.onArrival((queue) => polls.get(queue)?.());
      world.after(chance.number('first sweep', 0, 5 * 60_000), sweep);
    },
    sweeping: (on) => {
      isSweeping = on;
    },
    deploy: (next) => {
      configuration = next;
      releaseNumber += 1;
      world.log(`deployed: ${next.name}`);
    },
    invocations: () => invocations,
  };
}

/** The same parts. `onWord` gets the recorded ending of each record. */
function heard(parts: ReleasesDependencies, onWord: (said: Omit<Said, 'caller'>) => void): ReleasesDependencies {
  const { telemetry } = parts.services;
  const record: typeof telemetry.record = (word, fields) => {
    onWord({ word, messageId: String(fields['messageId']) });
    telemetry.record(word, fields);
  };
  return { ...parts, services: { ...parts.services, telemetry: { ...telemetry, record } } };
}

/** AWS does not document which message of a batch continues its chain. The longest one is the hardest for the service. */
function chainOf(batch: readonly Message[], functionName: FunctionName): number {
  return Math.max(...batch.map(({ chain }) => chain)) + (functionName === 'follow-ups' ? 1 : 0);
}

function recordOf({ messageId, body, attributes, receives, sentAt, firstReceivedAt }: Message) {
  return {
    messageId,
    receiptHandle: `${messageId}-${receives}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
      SentTimestamp: String(sentAt),
    },
    messageAttributes: attributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:releases',
    awsRegion: 'us-east-1',
  };
}
