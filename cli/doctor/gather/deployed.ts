import { DescribeEventBusCommand, DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetRolePolicyCommand, paginateListRolePolicies } from '@aws-sdk/client-iam';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import type { Answer } from '../answer.ts';
import { allPages } from './all-pages.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';
import { readPolicy, type Statement } from './roles.ts';

const NO_FUNCTION = ['ResourceNotFoundException'];
const NO_RULE = ['ResourceNotFoundException'];

/** A function as it is deployed. `reserved` is its reserved concurrency, undefined if it has none. */
export type DeployedFunction = {
  readonly name: string;
  readonly configuration: Answer<{
    readonly state: string;
    readonly lastUpdate: string;
    readonly environment: Readonly<Record<string, string>>;
  }>;
  readonly reserved: Answer<number | undefined>;
  readonly mappings: Answer<readonly { readonly queue: string; readonly state: string }[]>;
};

export async function gatherFunction({ lambda }: Pick<Clients, 'lambda'>, FunctionName: string): Promise<DeployedFunction> {
  const [configuration, reserved, mappings] = await Promise.all([
    ask('lambda:GetFunctionConfiguration', NO_FUNCTION, async () => {
      const {
        State = 'Active',
        LastUpdateStatus = '',
        Environment,
      } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return { state: State, lastUpdate: LastUpdateStatus, environment: Environment?.Variables ?? {} };
    }),
    ask('lambda:GetFunctionConcurrency', NO_FUNCTION, async () => {
      const { ReservedConcurrentExecutions } = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
      return ReservedConcurrentExecutions;
    }),
    ask('lambda:ListEventSourceMappings', NO_FUNCTION, async () => {
      const pages = await allPages(paginateListEventSourceMappings({ client: lambda }, { FunctionName }));
      return pages
        .flatMap(({ EventSourceMappings = [] }) => EventSourceMappings)
        .map(({ EventSourceArn = '', State = '' }) => ({
          queue: EventSourceArn.slice(EventSourceArn.lastIndexOf(':') + 1),
          state: State,
        }));
    }),
  ]);
  return { name: FunctionName, configuration, reserved, mappings };
}

/** A rule of EventBridge. `pattern` is its event pattern as JSON text. */
export type Rule = { readonly name: string; readonly state: string; readonly pattern: string };

export function gatherRule({ eventbridge }: Pick<Clients, 'eventbridge'>, Name: string, EventBusName?: string): Promise<Answer<Rule>> {
  return ask('events:DescribeRule', NO_RULE, async () => {
    const { State = '', EventPattern = '' } = await eventbridge.send(new DescribeRuleCommand({ Name, EventBusName }));
    return { name: Name, state: State, pattern: EventPattern };
  });
}

/** A bus with the statements of its policy. */
export type Bus = { readonly name: string; readonly statements: readonly Statement[] };

export function gatherBus({ eventbridge }: Pick<Clients, 'eventbridge'>, Name: string): Promise<Answer<Bus>> {
  return ask('events:DescribeEventBus', ['ResourceNotFoundException'], async () => {
    const { Policy } = await eventbridge.send(new DescribeEventBusCommand({ Name }));
    const { Statement = [] } = readPolicy(Policy);
    return { name: Name, statements: Array.isArray(Statement) ? Statement : [Statement as Statement] };
  });
}

/** The statements of all inline policies of a role. */
export function gatherStatements({ iam }: Pick<Clients, 'iam'>, RoleName: string): Promise<Answer<readonly Statement[]>> {
  return ask('iam:GetRolePolicy', ['NoSuchEntityException'], async () => {
    const pages = await allPages(paginateListRolePolicies({ client: iam }, { RoleName }));
    const names = pages.flatMap(({ PolicyNames = [] }) => PolicyNames);
    const documents = await Promise.all(
      names.map(async (PolicyName) => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument),
    );
    return documents.flatMap((document) => readPolicy(document).Statement ?? []);
  });
}

/** The state of a key of KMS: `Enabled`, `Disabled`, `PendingDeletion`. */
export function gatherKey({ kms }: Pick<Clients, 'kms'>, KeyId: string): Promise<Answer<string>> {
  return ask('kms:DescribeKey', ['NotFoundException'], async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    return KeyMetadata?.KeyState ?? 'unknown';
  });
}

/** Who receives the alarms. */
export type Topic = { readonly arn: string; readonly subscriptions: Answer<{ readonly confirmed: number; readonly pending: number }> };

/** SNS names an unconfirmed subscription by this instead of an ARN (SNS developer guide, ListSubscriptionsByTopic). */
const PENDING = 'PendingConfirmation';

export async function gatherTopic({ sns }: Pick<Clients, 'sns'>, TopicArn: string): Promise<Topic> {
  const subscriptions = await ask('sns:ListSubscriptionsByTopic', ['NotFoundException'], async () => {
    const pages = await allPages(paginateListSubscriptionsByTopic({ client: sns }, { TopicArn }));
    const arns = pages.flatMap(({ Subscriptions = [] }) => Subscriptions.map(({ SubscriptionArn = '' }) => SubscriptionArn));
    // A subscription that was deleted stays in the list for a while, without an ARN.
    return { confirmed: arns.filter((one) => one.startsWith('arn:')).length, pending: arns.filter((one) => one === PENDING).length };
  });
  return { arn: TopicArn, subscriptions };
}
