import type { Cloud } from 'embedded-aws/src/cloud.ts';

/** What is taken away, in this order. `needed`: while it is away, no create is possible, whatever the service does. */
const dependencies = [
  { name: 'AWS IoT Core and IoT Jobs', service: 'iot', needed: true },
  { name: 'EventBridge', service: 'events', needed: false },
  { name: 'DynamoDB', service: 'dynamodb', needed: true },
  { name: 'managed integrations', service: 'iotmanagedintegrations', needed: false },
  { name: 'S3', service: 's3', needed: true },
  { name: 'SQS', service: 'sqs', needed: true },
] as const;

/** From when to when a dependency answered nothing, in epoch ms of the given clock, and how many requests met that. */
export type Outage = {
  readonly name: string;
  readonly needed: boolean;
  readonly from: number;
  readonly to: number;
  readonly struck: number;
};

const SECOND = 1_000;

/**
 * Takes each dependency away for `seconds` of real time, one after the other. Each outage begins when another eighth of the backlog has been
 * accepted, so all of them are over in its last quarter. `accepted` is to be called with the number of releases that have been. `end` waits
 * until the current outage is over. `now` is the clock of the reported instants.
 */
export function takeEachAway(faults: Cloud['faults'], releases: number, seconds: number, now: () => number) {
  const outages: Outage[] = [];
  let current: Promise<void> | undefined;
  let begun = 0;

  async function takeAway({ name, service, needed }: (typeof dependencies)[number]): Promise<void> {
    const from = now();
    const id = faults.add({ service, kind: 'outage' });
    await new Promise((resolve) => setTimeout(resolve, seconds * SECOND));
    const struck = faults.list().find((fault) => fault.id === id)?.struck ?? 0;
    faults.clear(id);
    outages.push({ name, needed, from, to: now(), struck });
  }

  const next = (): void => {
    const one = dependencies[begun];
    if (!one || current) return;
    begun += 1;
    current = takeAway(one).finally(() => {
      current = undefined;
    });
  };

  return {
    accepted(count: number): void {
      if (count >= ((begun + 1) * releases) / (dependencies.length + 2)) next();
    },
    async end(): Promise<readonly Outage[]> {
      await current;
      return outages;
    },
    /** Whether every dependency has been away. */
    isOver: (): boolean => outages.length === dependencies.length,
  };
}

/**
 * The rate of creates and its share of what AWS takes, from the first create to the last one without the first and the last hundredth of
 * them. AWS takes `quota` a second, and nothing while a needed dependency is away. `createdAt` and the outages in ms of a clock that is
 * `timeFactor` times as fast as the quota.
 */
export function rateOf(createdAt: readonly number[], outages: readonly Outage[], quota: number, timeFactor: number) {
  const sorted = createdAt.toSorted((a, b) => a - b);
  const left = Math.floor(sorted.length / 100);
  const [from, to] = [sorted[left] ?? Number.NaN, sorted.at(-1 - left) ?? Number.NaN];
  const inSeconds = (milliseconds: number): number => milliseconds / timeFactor / SECOND;
  const creates = sorted.length - 2 * left - 1;
  const away = outages
    .filter(({ needed }) => needed)
    .reduce((sum, outage) => sum + Math.max(0, Math.min(outage.to, to) - Math.max(outage.from, from)), 0);
  const seconds = inSeconds(to - from);
  const secondsAway = inSeconds(away);
  return {
    createsPerSecond: creates / seconds,
    secondsAway,
    shareOfAll: creates / (quota * seconds),
    share: creates / (quota * (seconds - secondsAway)),
    outages: outages.map((outage) => ({
      ...outage,
      seconds: inSeconds(outage.to - outage.from),
      creates: sorted.filter((at) => at >= outage.from && at < outage.to).length,
    })),
  };
}
