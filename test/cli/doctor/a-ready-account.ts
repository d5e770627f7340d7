import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  IoTClient,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import type { AccountRow, AccountTable } from 'embedded-aws/src/account.ts';
import { startCloud } from 'embedded-aws/src/cloud.ts';
import type { Check, CheckId } from '../../../cli/doctor/check.ts';
import { type Deployment, deploymentOf } from '../../../cli/doctor/deployment.ts';
import { examine, type Subject } from '../../../cli/doctor/examine.ts';
import { clientsOf } from '../../../cli/doctor/gather/clients.ts';
import { packageService } from '../../../scripts/compiled-template.ts';
import { EXAMPLE_CHANNELS, TEST_PARAMETERS } from '../../../scripts/service-copy.ts';

const root = join(import.meta.dirname, '../../..');

/** The stage that is looked at. It is not `local`, so the local AWS is treated as an account. */
export const STAGE = 'prod';

/** Every parameter that is compared with the account, if serverless.yml computes it. */
export const COMPUTED = {
  busName: undefined,
  allowedAccounts: undefined,
  approvalPrincipals: undefined,
  createsPerSecond: undefined,
  followUpsShare: undefined,
  looksPerSecond: undefined,
  describeJobPerSecond: undefined,
  unansweredMiMinutes: undefined,
  artifactKeys: undefined,
} as const;

export const CHANNELS = readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8');
const GROUPS = ['thermostat-beta', 'thermostat-stable', 'gateways', 'smart-lock-beta', 'smart-lock-stable', 'camera-canary'];

export type ReadyAccount = Awaited<ReturnType<typeof startReadyAccount>>;

/**
 * An embedded AWS that is an account in which the stage `prod` is deployed, and everything that channels.yml names is there.
 * `table` is what it answers. A test replaces rows, and `restore` puts them back.
 */
export async function startReadyAccount() {
  const deployment = deploymentOf(STAGE, readFileSync(join(root, TEST_PARAMETERS), 'utf8'));
  const region = deployment.region ?? 'us-east-1';
  const { folder } = await packageService({ stage: STAGE, params: { alarmEmail: 'on-call@acme.example' } });
  const cloud = await startCloud({
    stackName: `ota-dispatch-${STAGE}`,
    port: 0,
    region,
    accountId: '111122223333',
    templateFile: join(folder, '.serverless', 'cloudformation-template-update-stack.json'),
    codeDirectory: folder,
  });
  const config = { endpoint: cloud.endpoint, region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } };
  const iot = new IoTClient(config);
  const s3 = new S3Client(config);
  await s3.send(new CreateBucketCommand({ Bucket: 'acme-firmware' }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'acme-firmware', VersioningConfiguration: { Status: 'Enabled' } }));
  await iot.send(new CreateThingCommand({ thingName: 'one' }));
  for (const thingGroupName of GROUPS) {
    await iot.send(new CreateThingGroupCommand({ thingGroupName }));
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName: 'one' }));
  }
  await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true }, THING: { Enabled: true } } }));
  const table: AccountTable = {
    ...cloud.account.table(),
    iotmanagedintegrations: {
      GetOtaTaskConfiguration: [{ input: { Identifier: 'abc123' }, output: { TaskConfigurationId: 'abc123' } }],
    },
  };
  cloud.account.replace(table);
  const clients = clientsOf(config, region);

  return {
    cloud,
    config,
    region,
    deployment,
    iot,
    s3,
    eventbridge: new EventBridgeClient(config),
    queueUrl: (suffix: string) => `${cloud.endpoint}/${cloud.accountId}/ota-dispatch-${STAGE}-${suffix}`,

    /** The ARN of a role of the stack, by its logical id. */
    roleArn: (id: string) =>
      String(cloud.provisioned.stack.resources.find(({ logicalId }) => logicalId === id)?.physical.attributes['Arn']),

    /** What doctor finds. `of` replaces parts of what it looks at. */
    examine(of: Partial<Omit<Subject, 'deployment'>> & { readonly deployment?: Partial<Deployment> } = {}): Promise<Check[]> {
      return examine({
        clients,
        region,
        channels: { name: 'channels.yml', text: CHANNELS },
        endpoint: undefined,
        isLocal: false,
        ...of,
        deployment: { ...deployment, ...of.deployment },
      });
    },

    /** Puts rows before those of one operation, so that they answer first. */
    answer(service: string, operation: string, ...rows: readonly AccountRow[]): void {
      const now = cloud.account.table();
      const known = now[service]?.[operation] ?? [];
      cloud.account.replace({ ...now, [service]: { ...now[service], [operation]: [...rows, ...known] } });
    },

    /** Takes all rows of one operation away, so that nothing of its kind exists. */
    empty(service: string, operation: string): void {
      const now = cloud.account.table();
      cloud.account.replace({ ...now, [service]: { ...now[service], [operation]: [] } });
    },

    restore: () => cloud.account.replace(table),
    stop: () => cloud.stop(),
  };
}

/** The worst status of the checks with an id. Undefined if there is none. */
export function worst(checks: readonly Check[], id: CheckId): Check['status'] | undefined {
  const statuses = checks.filter((check) => check.id === id).map(({ status }) => status);
  return (['failure', 'warning', 'ok'] as const).find((status) => statuses.includes(status));
}
