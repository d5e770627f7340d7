import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batchedReads, ledger } from '../../adapters/ledger/ledger.ts';
import type { Stage } from '../../operator/stage/stage.ts';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { resolveTemplate } from '../support/resolved-template.ts';
import { roleStatements } from './assertions/assertion.ts';

/** The IAM prefix of each client. */
const PREFIXES: Record<string, string> = {
  '@aws-sdk/client-cloudwatch': 'cloudwatch',
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-eventbridge': 'events',
  '@aws-sdk/client-iot': 'iot',
  '@aws-sdk/client-s3': 's3',
  '@aws-sdk/client-sqs': 'sqs',
  '@aws-sdk/client-sts': 'sts',
  './client.ts': 'iotmanagedintegrations',
  '../../adapters/managed-integrations/client.ts': 'iotmanagedintegrations',
};
/** Operations whose IAM actions have other names. */
const RENAMED: Record<string, string[]> = {
  'sqs:SendMessageBatch': ['sqs:SendMessage'],
  // A transaction needs the permissions of its parts (Amazon DynamoDB developer guide, "Using IAM with DynamoDB transactions").
  'dynamodb:TransactWriteItems': ['dynamodb:PutItem'],
  's3:HeadObject': ['s3:GetObjectVersion'],
  's3:GetObject': ['s3:GetObjectVersion'],
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
};
/** The roles that people assume for the command line: that of operators, and that of approvers for the rest. */
const PEOPLE = ['OperatorRole', 'ApproverRole'];
/** Actions of the command line, for people only. */
const OPERATORS_ONLY = ['dynamodb:Scan'];
/** Actions that the functions need for another reason than an operation that an adapter sends. */
const BESIDES: Record<string, string> = {
  'dynamodb:DeleteItem': 'the lock, through Powertools',
  'dynamodb:UpdateItem': 'the lock, through Powertools',
  'iam:PassRole': "CreateOTAUpdate and CreateJob hand the channel's role to AWS IoT",
  'iot:TagResource': 'CreateOTAUpdate and CreateJob with tags',
  'iotmanagedintegrations:TagResource': 'CreateOtaTask with tags',
  'logs:CreateLogStream': 'Lambda',
  'logs:PutLogEvents': 'Lambda',
  's3:GetObject': 'managed integrations may read job documents with the rights of the caller',
  's3:ListBucket': 'without it, S3 answers 403 for a missing object',
  's3:ListBucketVersions': 'without it, S3 answers 403 for a missing object',
  'sqs:ChangeMessageVisibility': "Lambda's poller",
  'sqs:DeleteMessage': "Lambda's poller",
  'sqs:GetQueueAttributes': "Lambda's poller",
  'sqs:ReceiveMessage': "Lambda's poller",
  'xray:PutTelemetryRecords': 'Lambda',
  'xray:PutTraceSegments': 'Lambda',
};

/** The actions of `publish --upload`. The owner of the artifact bucket grants them. */
const UPLOAD = ['s3:PutObject', 's3:GetObjectVersion', 's3:ListBucketVersions'];
/** The console makes the buckets of the examples on a local stage only. */
const LOCAL_ONLY = ['s3:CreateBucket', 's3:PutBucketVersioning'];
/** AWS allows this to everybody, so no policy needs it. */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity';
type Ledger = Stage['ledger'];
const whole = (client: Parameters<typeof ledger>[0]): Ledger => ({ ...ledger(client, 'ledger'), ...batchedReads(client, 'ledger') });
const rollout = { product: 'thermostat', version: '2.4.1', revision: 1, channel: 'stable' };
/** A call of each method of the ledger that the command line and the console use. */
const ASKED: Record<string, (of: Ledger) => unknown> = {
  allDue: (of) => of.allDue(['gate'], 1),
  approvals: (of) => of.approvals('thermostat', '2.4.1'),
  everything: (of) => of.everything().next(),
  holds: (of) => of.holds('thermostat'),
  inBatches: (of) => of.inBatches().row(rollout),
  lookUp: (of) => of.lookUp({ ...rollout, channels: ['stable'] }),
  read: (of) => of.read(rollout),
  releaseOf: (of) => of.releaseOf('thermostat', '2.4.1'),
  unfinishedOf: (of) => of.unfinishedOf('thermostat'),
  upstreams: (of) => of.upstreams(rollout, ['beta']),
};

/** `ota doctor` reads more than operators may. docs/reference/doctor.md has the policy for it, and a test of its own. */
const DOCTOR = join('cli', 'doctor');
/** `ota import-files` is for who deploys. The test of deployer-policy.json has its calls. */
const IMPORT_FILES = join('cli', 'import-files');

/** `ota diff` reads what is deployed. It is for who deploys, too. */
const DIFF = join('cli', 'diff');

/** The folders with what people ask of a stage: by commands, and by the console. */
const PEOPLES_FOLDERS = ['cli', 'operator', 'console/server'];

const filesIn = (folders: readonly string[]): string[] =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`))
    .filter((file) => ![DOCTOR, IMPORT_FILES, DIFF].some((others) => file.startsWith(others)));

/** The IAM actions of all operations that the files of the folders send, as their source shows. */
function actionsOf(...folders: readonly string[]): string[] {
  const actions = filesIn(folders).flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const clients = [...source.matchAll(/import \{([^}]+)\} from '([^']+)'/g)].flatMap(([, names = '', from = '']) =>
      [...names.matchAll(/(\w+)Command\b/g)].map(([, operation = '']) => [operation, PREFIXES[from]] as const),
    );
    const prefixOf = new Map(clients);
    return [...source.matchAll(/new (\w+)Command\(/g)].flatMap(([, operation = '']) => {
      const action = `${prefixOf.get(operation)}:${operation}`;
      return RENAMED[action] ?? [action];
    });
  });
  return [...new Set(actions)].sort();
}

const template = resolveTemplate(await compiledTemplate({ channels: readFileSync('test/infrastructure/channels.yml', 'utf8') }));

describe('The functions together', () => {
  const granted = new Set(
    roleStatements(template)
      .filter(({ role }) => !PEOPLE.includes(role))
      .flatMap(({ statement }) => statement.actions),
  );
  const sent = actionsOf('adapters');

  it('may send every operation of the adapters', () => {
    expect(sent.length).toBeGreaterThan(15);
    expect(sent.filter((action) => !granted.has(action) && !OPERATORS_ONLY.includes(action))).toEqual([]);
  });

  it('may do nothing that neither an adapter nor AWS needs', () => {
    expect([...granted].filter((action) => !sent.includes(action) && !BESIDES[action])).toEqual([]);
  });
});

describe('Operators and approvers', () => {
  const granted = new Set(
    roleStatements(template)
      .filter(({ role }) => PEOPLE.includes(role))
      .flatMap(({ statement }) => statement.actions),
  );
  const sources = filesIn(PEOPLES_FOLDERS).map((file) => readFileSync(file, 'utf8'));
  const asked = new Set(sources.flatMap((source) => [...source.matchAll(/\.ledger\s*\.(\w+)\(/g)].map(([, method = '']) => method)));

  it('may do what the command line and the console need, and nothing else', async () => {
    expect([...asked].sort()).toEqual(Object.keys(ASKED));
    const sent = new Set(actionsOf(...PEOPLES_FOLDERS));
    const send = async (command: { readonly constructor: { readonly name: string } }) => {
      sent.add(`dynamodb:${command.constructor.name.replace(/Command$/, '')}`);
      return {};
    };
    for (const ask of Object.values(ASKED)) await ask(whole({ send } as Parameters<typeof ledger>[0]));
    for (const action of [...UPLOAD, ...LOCAL_ONLY, ALWAYS_ALLOWED]) sent.delete(action);
    expect([...granted].sort()).toEqual([...sent].sort());
  });
});
