import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import type { Answer } from '../answer.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';

/** A stack of CloudFormation. `resources` are the physical ids by logical id. */
export type Stack = {
  readonly status: string;
  readonly reason: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: Answer<Readonly<Record<string, string>>>;
};

export async function gatherStack({ cloudformation }: Pick<Clients, 'cloudformation'>, StackName: string): Promise<Answer<Stack>> {
  const resources = await ask('cloudformation:ListStackResources', ['does not exist'], async () => {
    const physical: Record<string, string> = {};
    let NextToken: string | undefined;
    do {
      const page = await cloudformation.send(new ListStackResourcesCommand({ StackName, NextToken }));
      for (const { LogicalResourceId = '', PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? [])
        if (PhysicalResourceId !== undefined && ResourceStatus !== 'DELETE_COMPLETE') physical[LogicalResourceId] = PhysicalResourceId;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return physical;
  });
  return ask('cloudformation:DescribeStacks', ['does not exist'], async () => {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    const { StackStatus = '', StackStatusReason, Outputs = [] } = Stacks[0] ?? {};
    return {
      status: StackStatus,
      reason: StackStatusReason,
      outputs: Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
      resources,
    };
  });
}

/** How the ledger is protected. */
export type Ledger = { readonly name: string; readonly protection: Answer<boolean>; readonly recovery: Answer<boolean> };

export async function gatherLedger({ dynamodb }: Pick<Clients, 'dynamodb'>, TableName: string): Promise<Ledger> {
  const missing = ['ResourceNotFoundException', 'TableNotFoundException'];
  const [protection, recovery] = await Promise.all([
    ask('dynamodb:DescribeTable', missing, async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      return Table?.DeletionProtectionEnabled === true;
    }),
    ask('dynamodb:DescribeContinuousBackups', missing, async () => {
      const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
      return ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED';
    }),
  ]);
  return { name: TableName, protection, recovery };
}

/** Whether the documents bucket keeps versions. */
export type Documents = { readonly name: string; readonly versioned: Answer<boolean> };

export async function gatherDocuments({ s3 }: Pick<Clients, 's3'>, Bucket: string): Promise<Documents> {
  const versioned = await ask('s3:GetBucketVersioning', ['NoSuchBucket'], async () => {
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return Status === 'Enabled';
  });
  return { name: Bucket, versioned };
}
