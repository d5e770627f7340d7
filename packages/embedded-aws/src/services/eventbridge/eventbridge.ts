import { partitionOf } from '../../partition.ts';
import { AwsError } from '../aws-error.ts';
import { createJsonService } from '../aws-json.ts';
import type { JsonInput } from '../member-types.ts';
import type { Clock, Service } from '../service.ts';
import type { QueueDelivery } from '../sqs/sqs.ts';
import { defaultEventBridgeAssumptions, type EventBridgeAssumptions } from './assumptions.ts';
import { type BusEvent, createPutEvents } from './events.ts';
import { EVENTBRIDGE_MEMBERS } from './members.ts';
import { type Bus, createRuleOperations, page, type Statement } from './rules.ts';
import { createTags } from './tags.ts';

export type EventBridgeOptions = Partial<EventBridgeAssumptions> & {
  readonly clock: Clock;
  readonly accountId: string;
  readonly region: string;
  readonly queues: QueueDelivery;
  readonly onEvent?: ((event: BusEvent) => void) | undefined;
};

/**
 * EventBridge in memory: buses, rules with every pattern operator, SQS targets with dead-letter queues. Rules with a
 * schedule are kept but not run here. An entry for a bus that does not exist fails, so that a mistyped name is seen.
 */
export function createEventBridge(options: EventBridgeOptions): Service {
  const buses = new Map<string, Bus>();
  const partition = partitionOf(options.region).name;
  const tags = createTags();

  function open(name: string, description?: string): Bus {
    const arn = `arn:${partition}:events:${options.region}:${options.accountId}:event-bus/${name}`;
    const bus: Bus = { name, arn, description, policy: undefined, rules: new Map() };
    buses.set(name, bus);
    return bus;
  }
  open('default');

  // By the whole ARN, because a bus of this name in another account or Region is another bus.
  const find = (nameOrArn = 'default') => buses.get(nameOrArn) ?? [...buses.values()].find(({ arn }) => arn === nameOrArn);
  const bus = (input: JsonInput, key = 'EventBusName'): Bus => {
    const name = input[key] as string | undefined;
    const found = find(name);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${String(name)} does not exist.`);
    return found;
  };
  const describe = (found: Bus): JsonInput => ({
    Name: found.name,
    Arn: found.arn,
    Description: found.description,
    Policy: found.policy === undefined ? undefined : JSON.stringify(found.policy),
  });
  const { policyMergeMilliseconds = defaultEventBridgeAssumptions.policyMergeMilliseconds } = options;
  /** Reads the statements of a bus and writes what `change` makes of them, at once or after the assumed time. */
  async function changeStatements(found: Bus, change: (statements: readonly Statement[]) => readonly Statement[]): Promise<void> {
    const changed = change(found.policy?.Statement ?? []);
    if (policyMergeMilliseconds > 0) await new Promise<void>((resolve) => options.clock.after(policyMergeMilliseconds, resolve));
    found.policy = changed.length === 0 ? undefined : { Version: '2012-10-17', Statement: [...changed] };
  }
  const tag = (arn: string, input: JsonInput) => tags.add(arn, input['Tags'] as Parameters<typeof tags.add>[1]);

  return createJsonService(
    {
      name: 'events',
      region: options.region,
      version: '1.1',
      target: 'AWSEvents',
      errorType: (exception) => exception,
      members: EVENTBRIDGE_MEMBERS,
    },
    {
      CreateEventBus(input) {
        const name = String(input['Name'] ?? '');
        // On AWS, only the names of partners' buses have a slash.
        if (!/^[\w.-]{1,256}$/.test(name)) throw new AwsError('ValidationException', `The event bus name '${name}' is not valid.`);
        if (buses.has(name)) throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
        const opened = open(name, input['Description'] as string | undefined);
        tag(opened.arn, input);
        return { EventBusArn: opened.arn };
      },
      DescribeEventBus: (input) => describe(bus(input, 'Name')),
      ListEventBuses(input) {
        const prefix = String(input['NamePrefix'] ?? '');
        const { items, next } = page(
          input,
          [...buses.values()].filter(({ name }) => name.startsWith(prefix)),
        );
        return { EventBuses: items.map(describe), ...next };
      },
      DeleteEventBus(input) {
        const found = find(String(input['Name'] ?? ''));
        if (found?.name === 'default') throw new AwsError('ValidationException', 'Cannot delete event bus default.');
        if (found !== undefined && found.rules.size > 0)
          throw new AwsError('ValidationException', "EventBus can't be deleted since it has rules.");
        if (found === undefined) return;
        buses.delete(found.name);
        tags.forget(found.arn);
      },
      PutPermission(input) {
        const found = bus(input);
        if (typeof input['Policy'] === 'string') {
          found.policy = parsePolicy(input['Policy']);
          return undefined;
        }
        const statement = {
          Sid: input['StatementId'],
          Effect: 'Allow',
          Principal: input['Principal'] === '*' ? '*' : { AWS: `arn:${partition}:iam::${String(input['Principal'])}:root` },
          Action: input['Action'],
          Resource: found.arn,
        };
        return changeStatements(found, (statements) => [...statements.filter(({ Sid }) => Sid !== statement.Sid), statement]);
      },
      RemovePermission(input) {
        const all = input['RemoveAllPermissions'] === true;
        return changeStatements(bus(input), (statements) => (all ? [] : statements.filter(({ Sid }) => Sid !== input['StatementId'])));
      },
      TagResource: (input) => tag(String(input['ResourceARN']), input),
      UntagResource: (input) => tags.remove(String(input['ResourceARN']), (input['TagKeys'] as string[] | undefined) ?? []),
      ListTagsForResource: (input) => ({ Tags: tags.of(String(input['ResourceARN'])) }),
      PutEvents: createPutEvents({ ...options, now: options.clock.now, bus: find }),
      ...createRuleOperations({ ...options, tags }, bus),
    },
  );
}

function parsePolicy(text: string): NonNullable<Bus['policy']> {
  try {
    const policy = JSON.parse(text) as Bus['policy'];
    if (policy !== undefined && Array.isArray(policy.Statement)) return policy;
  } catch {
    throw new AwsError('ValidationException', 'The policy is not valid JSON.');
  }
  throw new AwsError('ValidationException', 'The policy has no statements.');
}
