import {
  CreateEventBusCommand,
  DescribeEventBusCommand,
  type EventBridgeClient,
  ListEventBusesCommand,
  ListTagsForResourceCommand,
  PutPermissionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-eventbridge';
import type { CloudFormationAssumptions } from './cloudformation-assumptions.ts';
import type { Resource } from './template.ts';

/** Makes a bus. Its `Policy`, an object or JSON text, becomes the policy of the bus as a whole. */
export async function createBus(client: EventBridgeClient, { physical, properties }: Resource): Promise<void> {
  await client.send(new CreateEventBusCommand({ Name: physical.name, Description: properties['Description'] as string | undefined }));
  const policy = properties['Policy'];
  if (policy === undefined) return;
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  await client.send(new PutPermissionCommand({ EventBusName: physical.name, Policy: text }));
}

/**
 * Adds a statement to the policy of a bus as CloudFormation does: it reads the policy and writes it back as a whole.
 * @throws if a stack has a statement of this id already, by the rule of `statementIds`
 */
export async function addBusStatement(
  client: EventBridgeClient,
  { logicalId, properties }: Resource,
  { stackName, statementIds }: CloudFormationAssumptions & { readonly stackName: string },
): Promise<void> {
  const id = String(properties['StatementId']);
  const EventBusName = properties['EventBusName'] as string | undefined;
  const { Arn = '', Policy } = await client.send(new DescribeEventBusCommand({ Name: EventBusName }));
  const owner = await ownerOf(client, id, statementIds === 'account' ? await allBuses(client) : [Arn]);
  if (owner !== undefined) {
    throw new Error(
      `${logicalId}: ${id} already exists in stack ${owner}. Give the StatementId the name of the stage, or put the statement into Policy of the AWS::Events::EventBus.`,
    );
  }
  const statement = { Sid: id, ...(properties['Statement'] as object) };
  const others = Policy === undefined ? [] : (JSON.parse(Policy) as { Statement: unknown[] }).Statement;
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [...others, statement] });
  await client.send(new PutPermissionCommand({ EventBusName, Policy: policy }));
  await client.send(new TagResourceCommand({ ResourceARN: Arn, Tags: [{ Key: tagOf(id), Value: stackName }] }));
}

/** The tag of a bus that names the stack of a statement, because a policy does not. */
function tagOf(statementId: string): string {
  return `aws:cloudformation:statement:${statementId}`;
}

async function ownerOf(client: EventBridgeClient, statementId: string, arns: readonly string[]): Promise<string | undefined> {
  for (const ResourceARN of arns) {
    const { Tags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
    const tag = Tags.find(({ Key }) => Key === tagOf(statementId));
    if (tag !== undefined) return tag.Value;
  }
  return undefined;
}

async function allBuses(client: EventBridgeClient): Promise<string[]> {
  const arns: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListEventBusesCommand({ NextToken }));
    for (const { Arn } of page.EventBuses ?? []) if (Arn !== undefined) arns.push(Arn);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return arns;
}
