import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand, type Target } from '@aws-sdk/client-eventbridge';
import { CreateTopicRuleCommand, IoTClient, type TopicRulePayload } from '@aws-sdk/client-iot';
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  S3Client,
  type ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type CloudFormationAssumptions, defaultCloudFormationAssumptions } from './cloudformation-assumptions.ts';
import type { RecursiveLoop } from './lambda/lambda-process.ts';
import { readRate } from './lambda/schedule.ts';
import { partitionOf } from './partition.ts';
import { addBusStatement, createBus } from './provision-bus.ts';
import { checkRoleSizes } from './provision-roles.ts';
import { createTable } from './provision-table.ts';
import type { Surroundings } from './surroundings.ts';
import { type Resource, resolveOutputs, resolveTemplate, type Template } from './template.ts';

export type ProvisionedFunction = {
  readonly name: string;
  readonly arn: string;
  /** As deployed: `dist/app/index.handler`. */
  readonly handler: string;
  /** The folder that the handler is relative to. */
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly reservedConcurrency: number | undefined;
  readonly recursiveLoop: RecursiveLoop | undefined;
};

export type ProvisionedMapping = {
  readonly functionName: string;
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number | undefined;
  readonly reportsBatchItemFailures: boolean;
};

export type ProvisionedSchedule = {
  readonly functionName: string;
  readonly name: string;
  readonly arn: string;
  readonly milliseconds: number;
  readonly input: unknown;
};

export type Provisioned = {
  readonly functions: readonly ProvisionedFunction[];
  readonly mappings: readonly ProvisionedMapping[];
  readonly schedules: readonly ProvisionedSchedule[];
  /** Every resource that was made, by logical id, with the value of `Ref` for it. */
  readonly created: Readonly<Record<string, string>>;
  /** Resources that have no effect here, with their types. */
  readonly skipped: readonly { readonly logicalId: string; readonly type: string }[];
  /** The stack as CloudFormation would describe it. */
  readonly stack: {
    readonly name: string;
    readonly resources: readonly Resource[];
    readonly outputs: Readonly<Record<string, string>>;
  };
};

const WITHOUT_EFFECT_HERE =
  /^AWS::(IAM|Logs|CloudWatch|KMS|SNS|CloudFormation|ApplicationAutoScaling|XRay|Budgets|ServiceCatalogAppRegistry|ResourceGroups)::|^AWS::Lambda::(Permission|Version|Alias|EventInvokeConfig|LayerVersion)$|^AWS::S3::BucketPolicy$|^AWS::Scheduler::ScheduleGroup$/;

type Properties = Resource['properties'];

export type ProvisionOptions = Surroundings & {
  readonly codeDirectory: string;
  /** Assumptions about CloudFormation, where AWS does not document it. */
  readonly cloudFormation?: Partial<CloudFormationAssumptions> | undefined;
};

/**
 * Makes the resources of a compiled template on an endpoint, over the wire. Returns what the caller must run: functions,
 * event source mappings and schedules.
 * @throws if a resource with an effect cannot be made, if a role is too large for IAM, or if the endpoint refuses a resource
 */
export async function provision(template: Template, surroundings: ProvisionOptions): Promise<Provisioned> {
  const rules = { ...defaultCloudFormationAssumptions, ...surroundings.cloudFormation, stackName: surroundings.stackName };
  const resources = resolveTemplate(template, surroundings);
  checkRoleSizes(resources);
  const kinds = new Set([...Object.keys(MAKERS), 'AWS::Lambda::Function', 'AWS::Lambda::EventSourceMapping', 'AWS::Scheduler::Schedule']);
  const unknown = resources.find(({ type }) => !kinds.has(type) && !WITHOUT_EFFECT_HERE.test(type));
  if (unknown !== undefined) throw new Error(`${unknown.logicalId}: the embedded AWS cannot make a ${unknown.type}`);

  const access = {
    endpoint: surroundings.endpoint,
    region: surroundings.region,
    credentials: { accessKeyId: 'provision', secretAccessKey: 'provision' },
  };
  const clients: Clients = {
    sqs: new SQSClient(access),
    dynamodb: new DynamoDBClient(access),
    events: new EventBridgeClient(access),
    s3: new S3Client({ ...access, forcePathStyle: true }),
    iot: new IoTClient(access),
  };
  try {
    // In the order of MAKERS, so that a resource that another one names exists: queues before policies and rules, buses before rules.
    for (const [type, make] of Object.entries(MAKERS)) {
      for (const resource of resources.filter((each) => each.type === type)) await make(clients, resource, rules);
    }
    for (const resource of resources.filter(({ type }) => type === 'AWS::SQS::Queue')) await setRedrive(clients, resource);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }

  const of = (type: string) => resources.filter((each) => each.type === type);
  return {
    functions: of('AWS::Lambda::Function').map((each) => readFunction(each, surroundings.codeDirectory)),
    mappings: of('AWS::Lambda::EventSourceMapping')
      .filter(({ properties }) => properties['Enabled'] !== false)
      .map((each) => readMapping(each, surroundings)),
    schedules: [...of('AWS::Events::Rule').flatMap(readScheduledRule), ...of('AWS::Scheduler::Schedule').flatMap(readSchedule)],
    created: Object.fromEntries(
      resources.filter(({ type }) => kinds.has(type)).map(({ logicalId, physical }) => [logicalId, physical.ref]),
    ),
    skipped: resources.filter(({ type }) => !kinds.has(type)).map(({ logicalId, type }) => ({ logicalId, type })),
    stack: { name: surroundings.stackName, resources, outputs: resolveOutputs(template, surroundings) },
  };
}

type Clients = {
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly s3: S3Client;
  readonly iot: IoTClient;
};

type Rules = CloudFormationAssumptions & { readonly stackName: string };

const MAKERS: Readonly<Record<string, (clients: Clients, resource: Resource, rules: Rules) => Promise<unknown>>> = {
  'AWS::SQS::Queue'({ sqs }, { physical, properties }) {
    const { QueueName: _name, Tags: _tags, RedrivePolicy: _redrive, ...attributes } = properties;
    return sqs.send(new CreateQueueCommand({ QueueName: physical.name, Attributes: attributeTexts(attributes) }));
  },
  async 'AWS::SQS::QueuePolicy'({ sqs }, { properties }) {
    for (const QueueUrl of properties['Queues'] as string[]) {
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributeTexts({ Policy: properties['PolicyDocument'] }) }));
    }
  },
  'AWS::DynamoDB::Table': ({ dynamodb }, resource) => createTable(dynamodb, resource),
  async 'AWS::S3::Bucket'({ s3 }, { physical, properties }) {
    await s3.send(new CreateBucketCommand({ Bucket: physical.name }));
    const versioning = (properties['VersioningConfiguration'] as { Status?: 'Enabled' | 'Suspended' } | undefined)?.Status;
    if (versioning !== undefined) {
      await s3.send(new PutBucketVersioningCommand({ Bucket: physical.name, VersioningConfiguration: { Status: versioning } }));
    }
    const rules = (properties['BucketEncryption'] as { ServerSideEncryptionConfiguration?: Record<string, unknown>[] } | undefined)
      ?.ServerSideEncryptionConfiguration;
    if (rules === undefined) return;
    const configuration = {
      Rules: rules.map(({ ServerSideEncryptionByDefault, ...rest }) => ({
        ...rest,
        ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
      })),
    };
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: physical.name,
        ServerSideEncryptionConfiguration: configuration as ServerSideEncryptionConfiguration,
      }),
    );
  },
  'AWS::Events::EventBus': ({ events }, resource) => createBus(events, resource),
  'AWS::Events::EventBusPolicy': ({ events }, resource, rules) => addBusStatement(events, resource, rules),
  async 'AWS::Events::Rule'({ events }, { logicalId, physical, properties }) {
    const targets = (properties['Targets'] as Target[] | undefined) ?? [];
    if (properties['ScheduleExpression'] !== undefined && targets.every(isFunctionTarget)) return;
    const rule = { Name: physical.name, EventBusName: properties['EventBusName'] as string | undefined };
    const pattern = properties['EventPattern'];
    await events.send(
      new PutRuleCommand({
        ...rule,
        EventPattern: pattern === undefined ? undefined : JSON.stringify(pattern),
        State: properties['State'] as 'ENABLED' | undefined,
        Description: properties['Description'] as string | undefined,
      }),
    );
    const { FailedEntries = [] } = await events.send(
      new PutTargetsCommand({ Rule: rule.Name, EventBusName: rule.EventBusName, Targets: targets }),
    );
    if (FailedEntries.length > 0) throw new Error(`${logicalId}: ${FailedEntries[0]?.ErrorMessage}`);
  },
  'AWS::IoT::TopicRule': ({ iot }, { physical, properties }) =>
    iot.send(
      new CreateTopicRuleCommand({
        ruleName: physical.name,
        topicRulePayload: inApiNames(properties['TopicRulePayload']) as TopicRulePayload,
      }),
    ),
};

/** Members of CloudFormation (`Actions`, `Sqs`, `QueueUrl`, `UseBase64`) under the names of the API (`actions`, `sqs`, `queueUrl`). */
function inApiNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inApiNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), inApiNames(member)]),
  );
}

async function setRedrive({ sqs }: Clients, { physical, properties }: Resource): Promise<void> {
  const RedrivePolicy = properties['RedrivePolicy'];
  if (RedrivePolicy === undefined) return;
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: physical.ref, Attributes: attributeTexts({ RedrivePolicy }) }));
}

/** The attributes of a queue as texts, which the API requires. CloudFormation also has numbers and objects. */
function attributeTexts(attributes: Properties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

function isFunctionTarget({ Arn }: { readonly Arn?: string | undefined }): boolean {
  return Arn?.includes(':lambda:') ?? false;
}

function functionName(nameOrArn: unknown): string {
  return String(nameOrArn).split(':function:').at(-1)?.split(':')[0] ?? '';
}

function readRecursiveLoop(logicalId: string, value: unknown): RecursiveLoop | undefined {
  if (value === undefined || value === 'Terminate' || value === 'Allow') return value;
  throw new Error(`${logicalId}: RecursiveLoop is Terminate or Allow, not ${String(value)}`);
}

function readFunction({ logicalId, physical, properties }: Resource, codeDirectory: string): ProvisionedFunction {
  const variables = (properties['Environment'] as { Variables?: Properties } | undefined)?.Variables ?? {};
  return {
    name: physical.name,
    arn: physical.attributes['Arn'] ?? '',
    handler: String(properties['Handler']),
    codeDirectory,
    environment: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
    timeoutSeconds: Number(properties['Timeout'] ?? 3),
    memoryMegabytes: Number(properties['MemorySize'] ?? 128),
    reservedConcurrency: optionalNumber(properties['ReservedConcurrentExecutions']),
    recursiveLoop: readRecursiveLoop(logicalId, properties['RecursiveLoop']),
  };
}

function readMapping({ logicalId, properties }: Resource, { endpoint, accountId, region }: Surroundings): ProvisionedMapping {
  const queueArn = String(properties['EventSourceArn']);
  if (!queueArn.startsWith(`arn:${partitionOf(region).name}:sqs:${region}:${accountId}:`))
    throw new Error(`${logicalId}: an event source must be an SQS queue of this account and Region, not ${queueArn}`);
  return {
    functionName: functionName(properties['FunctionName']),
    queueArn,
    queueUrl: `${endpoint}/${accountId}/${queueArn.split(':').at(-1)}`,
    batchSize: Number(properties['BatchSize'] ?? 10),
    windowSeconds: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0),
    maximumConcurrency: optionalNumber((properties['ScalingConfig'] as Properties | undefined)?.['MaximumConcurrency']),
    reportsBatchItemFailures: ((properties['FunctionResponseTypes'] as string[] | undefined) ?? []).includes('ReportBatchItemFailures'),
  };
}

function readScheduledRule({ physical, properties }: Resource): ProvisionedSchedule[] {
  const expression = properties['ScheduleExpression'];
  if (typeof expression !== 'string' || properties['State'] === 'DISABLED') return [];
  const targets = ((properties['Targets'] as { Arn?: string; Input?: string }[] | undefined) ?? []).filter(isFunctionTarget);
  return targets.map(({ Arn, Input }) => ({
    functionName: functionName(Arn),
    name: physical.name,
    arn: physical.attributes['Arn'] ?? '',
    milliseconds: readRate(expression),
    input: Input === undefined ? undefined : JSON.parse(Input),
  }));
}

function readSchedule({ logicalId, physical, properties }: Resource): ProvisionedSchedule[] {
  if (properties['State'] === 'DISABLED') return [];
  const target = properties['Target'] as { Arn?: string; Input?: string };
  if (!isFunctionTarget(target)) throw new Error(`${logicalId}: the target of a schedule must be a function`);
  const input: unknown = target.Input === undefined ? {} : JSON.parse(target.Input);
  const milliseconds = readRate(String(properties['ScheduleExpression']));
  return [{ functionName: functionName(target.Arn), name: physical.name, arn: physical.attributes['Arn'] ?? '', milliseconds, input }];
}

function optionalNumber(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}
