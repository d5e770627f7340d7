import { isSame, type NameOf, plain } from './plain.ts';
import type { Resource } from './template.ts';

/** What becomes of a resource at AWS when the change is deployed. */
export type Fate =
  /** It leaves the stack, and AWS deletes it. */
  | 'deleted'
  /** It leaves the stack, and stays at AWS. */
  | 'kept'
  /** A new one is made, and the old one is deleted. */
  | 'replaced'
  /** A new one is made, and the old one stays at AWS outside of the stack. */
  | 'replaced-and-kept'
  /** The type is not in the table, so a change may replace it. */
  | 'may-be-replaced'
  /** CloudFormation refuses the deployment. */
  | 'refused'
  /** It will no longer survive the removal of the stack. */
  | 'no-longer-kept';

/**
 * The properties whose change replaces a resource. From the resource specification of CloudFormation ("Update requires: Replacement"),
 * which test/cli/diff/replacement.test.ts compares.
 */
export const replacing: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::Table': ['ImportSourceSpecification', 'KeySchema', 'TableName'],
  'AWS::Events::EventBus': ['EventSourceName', 'Name'],
  'AWS::Events::EventBusPolicy': ['EventBusName', 'StatementId'],
  'AWS::Events::Rule': ['EventBusName', 'Name'],
  'AWS::IAM::ManagedPolicy': ['Description', 'ManagedPolicyName', 'Path'],
  'AWS::IAM::Policy': [],
  'AWS::IAM::Role': ['Path', 'RoleName'],
  'AWS::IoT::TopicRule': ['RuleName'],
  'AWS::KMS::Key': [],
  'AWS::Lambda::EventInvokeConfig': ['FunctionName', 'Qualifier'],
  'AWS::Lambda::EventSourceMapping': [
    'AmazonManagedKafkaEventSourceConfig',
    'EventSourceArn',
    'SelfManagedEventSource',
    'SelfManagedKafkaEventSourceConfig',
    'StartingPosition',
    'StartingPositionTimestamp',
  ],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType', 'TenancyConfig'],
  'AWS::Lambda::Permission': [
    'Action',
    'EventSourceToken',
    'FunctionName',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'],
  'AWS::S3::BucketPolicy': ['Bucket'],
  'AWS::SNS::Subscription': ['Endpoint', 'Protocol', 'TopicArn'],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
  'AWS::SNS::TopicPolicy': [],
  'AWS::SQS::Queue': ['FifoQueue', 'QueueName'],
  'AWS::SQS::QueuePolicy': [],
};

/** The property with which a template names a resource. CloudFormation cannot replace one whose name stays the same. */
export const naming: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IoT::TopicRule': 'RuleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

/** What is lost with a resource of a type. */
const contents: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'items',
  'AWS::KMS::Key': 'key material',
  'AWS::Logs::LogGroup': 'log events',
  'AWS::S3::Bucket': 'objects',
  'AWS::SQS::Queue': 'messages',
};

/** What is in a resource of this type, such as `messages`. Undefined if nothing is lost with it. */
export const contentsOf = (type: string): string | undefined => own(contents, type);

/** The name of a resource as the template gives it. Undefined if AWS makes one up. */
export function nameIn({ Type, Properties }: Resource, nameOf: NameOf): string | undefined {
  const property = own(naming, Type);
  const name = property === undefined ? undefined : plain(Properties[property], nameOf);
  return typeof name === 'string' ? name : undefined;
}

/**
 * The fate of a resource that is gone from the template, or that changed. Undefined if it stays as it is, apart from what changed.
 * `properties` are the names of the top-level properties that changed.
 */
export function fateOf(before: Resource, after: Resource | undefined, properties: readonly string[], nameOf: NameOf): Fate | undefined {
  if (after === undefined) return keeps(before['DeletionPolicy']) ? 'kept' : 'deleted';
  if (before.Type !== after.Type) return 'refused';
  const reasons = own(replacing, after.Type);
  if (reasons === undefined) return properties.length > 0 ? 'may-be-replaced' : noLongerKept(before, after);
  if (!properties.some((name) => reasons.includes(name))) return noLongerKept(before, after);
  const name = nameIn(after, nameOf);
  if (name !== undefined && isSame(name, nameIn(before, nameOf))) return 'refused';
  return keeps(before['UpdateReplacePolicy']) && keeps(after['UpdateReplacePolicy']) ? 'replaced-and-kept' : 'replaced';
}

const keeps = (policy: unknown): boolean => typeof policy === 'string' && policy.startsWith('Retain');

const noLongerKept = (before: Resource, after: Resource): Fate | undefined =>
  keeps(before['DeletionPolicy']) && !keeps(after['DeletionPolicy']) ? 'no-longer-kept' : undefined;

/** A member of a table by a name from a template, which may be the name of a member of every object. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
