import { type IoTClient, ListThingsInThingGroupCommand } from '@aws-sdk/client-iot';
import { compact } from '../../domain/json/compact.ts';
import type { PlannedRollout } from '../../domain/request/planned-rollout.ts';

/** How many devices a rollout would reach now. */
export type Reach = {
  /** Each thing once, even if several targets have it. Absent if AWS cannot count them. Then `remark` says why. */
  readonly devices?: number;
  /** There are more than `devices`. The rest was not counted. */
  readonly isAtLeast?: true;
  readonly remark?: string;
};

/** The most that ListThingsInThingGroup lists at once (API model of AWS IoT). */
const PAGE_SIZE = 250;

/** 10,000 things of a group. AWS IoT lists 25 pages a second for all callers together, so this takes a few seconds. */
const PAGES_MAX = 40;

type Members = { readonly things: readonly string[]; readonly isMore: boolean } | 'absent';

/**
 * Counts the devices of rollouts by their requests. A thing counts as one, whether it is registered or not. A thing group counts
 * its things and those of its child groups, up to `pagesMax` pages. The things of a dynamic group are those that match its query now. No
 * operation of managed integrations counts what a query matches. Each group is listed once. The answer throws as an SDK client does.
 */
export function reachReader(
  iot: Pick<IoTClient, 'send'>,
  pagesMax = PAGES_MAX,
): (rollout: Pick<PlannedRollout, 'operation' | 'input'>) => Promise<Reach> {
  const groups = new Map<string, Promise<Members>>();
  const membersOf = (group: string): Promise<Members> => {
    const members = groups.get(group) ?? listMembers(iot, group, pagesMax);
    groups.set(group, members);
    return members;
  };
  return async ({ operation, input }) => {
    if (operation !== 'CreateOtaTask') return reachOfTargets(textsIn(input['targets']), membersOf);
    if (input['OtaTargetQueryString'] === undefined) return { devices: new Set(textsIn(input['Target'])).size };
    return { remark: 'managed integrations has no operation that counts what a query matches' };
  };
}

async function reachOfTargets(targets: readonly string[], membersOf: (group: string) => Promise<Members>): Promise<Reach> {
  const things = new Set<string>();
  const absent: string[] = [];
  let isMore = false;
  for (const target of targets) {
    const [, kind, name = ''] = /:(thing|thinggroup)\/(.+)$/.exec(target) ?? [];
    if (kind !== 'thinggroup') {
      things.add(name || target);
      continue;
    }
    const members = await membersOf(name);
    if (members === 'absent') absent.push(name);
    else {
      for (const thing of members.things) things.add(thing);
      isMore ||= members.isMore;
    }
  }
  const remark = absent.length === 0 ? undefined : `AWS IoT has no thing group ${absent.join(', ')}`;
  return compact({ devices: things.size, isAtLeast: isMore ? (true as const) : undefined, remark });
}

async function listMembers(iot: Pick<IoTClient, 'send'>, thingGroupName: string, pagesMax: number): Promise<Members> {
  const things: string[] = [];
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < pagesMax; page += 1) {
      const answer = await iot.send(
        new ListThingsInThingGroupCommand(compact({ thingGroupName, recursive: true, maxResults: PAGE_SIZE, nextToken })),
      );
      things.push(...(answer.things ?? []));
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'absent';
    throw error;
  }
  return { things, isMore: nextToken !== undefined };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
