import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { patience } from '../operator/stage/patience.ts';
import { openStage, type StageConfig, unreachable } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { givenPath, readGivenJson } from '../scripts/given-file.ts';
import { ota, serverless } from '../scripts/installation.ts';
import { printHelp } from '../scripts/layout.ts';
import { stackOf, survivorsOf } from './import-files/survivors.ts';
import { importFilesOf, keptResources, type Survivor, type Template } from './import-files/template.ts';
import { printJson } from './json-output.ts';

const help = `Usage: ${ota} import-files --stage S [OPTIONS]

Writes the files that import what survived of a stage into its stack: the
ledger, the documents bucket, and the key of \`kmsKey: create\`. They survive the
removal of the stage, and may survive a first deployment that failed. The
command changes nothing at AWS. It prints the commands to run next.

  --stage S         the stage, with the AWS credentials of your environment, and
                    its region or else the one in serverless.yml
  --package FOLDER  what this command wrote with the parameters of the stage
                    (default: .serverless):
                    ${serverless} package --stage S
                    import-template.json and import-resources.json are written
                    there, too
  --endpoint URL    where a local AWS listens
  --json            print JSON for a program: what survived, the files and the
                    commands

Exit status:
  0    the files are written
  1    AWS answered with an error
  2    wrong usage, nothing to import, or something to do first`;

const UPDATE_TEMPLATE = 'cloudformation-template-update-stack.json';

/** States of a stack in which CloudFormation imports, as the API reference lists them for change sets of existing stacks. */
const importable = /^(?:CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

/** `ota import-files`. Answers 0. Throws UsageError if nothing survived, if a stack owns it, or if its stack is in another state. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stage: { type: 'string' },
      package: { type: 'string', default: '.serverless' },
      endpoint: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  if (values.stage === undefined) throw new UsageError('--stage is required, such as --stage prod');
  const { config, endpoint } = openStage({ stage: values.stage, endpoint: values.endpoint });
  const { survived, written, commands } = await writeImportFiles(values.stage, values.package, config).catch((error: unknown) => {
    throw unreachable(error, endpoint);
  });
  if (values.json) printJson({ survived, written, commands });
  else {
    for (const { logicalId, id } of survived) console.log(`survived: ${logicalId} ${id}`);
    console.log(`written: ${written.join(' and ')}\n\nImport them, and deploy the stage with its parameters:\n`);
    for (const line of commands) console.log(line);
  }
  return exit.ok;
}

/** What was found and written, and the commands to run next. */
type Written = {
  readonly survived: readonly Pick<Survivor, 'logicalId' | 'id'>[];
  readonly written: readonly string[];
  readonly commands: readonly string[];
};

/** Writes the files into the folder of a package. Throws as {@link run}. */
async function writeImportFiles(stage: string, folder: string, where: StageConfig): Promise<Written> {
  const packaged = packagedTemplate(stage, folder);
  const config = { ...patience.short, ...where };
  const [cloudformation, sts] = [new CloudFormationClient(config), new STSClient(config)];
  const clients = { cloudformation, dynamodb: new DynamoDBClient(config), kms: new KMSClient(config), s3: new S3Client(config) };
  const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand());
  const region = await sts.config.region();
  const stackName = `ota-dispatch-${stage}`;
  const found = await survivorsOf(keptResources(packaged), { stage, account, region }, clients);
  if (found.length === 0)
    throw new UsageError(`nothing of stage ${stage} survived in this account and region: run ${serverless} deploy --stage ${stage}`);
  const current = await templateOf(stackName, cloudformation);
  const survivors = await withoutOwner(found, stackName, current, { cloudformation });
  const files = importFilesOf(packaged, survivors, current);
  const [template, resources] = [join(folder, 'import-template.json'), join(folder, 'import-resources.json')];
  writeFileSync(givenPath(template), files.template);
  writeFileSync(givenPath(resources), files.resources);
  const options = `--stack-name ${stackName} --change-set-name import-what-survived --region ${region}`;
  const commands = [
    `aws cloudformation create-change-set ${options} --change-set-type IMPORT --template-body file://${fileOption(template)} --resources-to-import file://${fileOption(resources)} --capabilities CAPABILITY_NAMED_IAM`,
    `aws cloudformation wait change-set-create-complete ${options}`,
    `aws cloudformation execute-change-set ${options}`,
    `aws cloudformation wait stack-import-complete --stack-name ${stackName} --region ${region}`,
    `${serverless} deploy --stage ${stage}`,
  ];
  return { survived: survivors.map(({ logicalId, id }) => ({ logicalId, id })), written: [template, resources], commands };
}

/** The path of a file in a shell. */
function fileOption(path: string): string {
  const absolute = givenPath(path);
  const short = relative(givenPath('.'), absolute);
  const shown = short.startsWith('..') ? absolute : short;
  return /^[\w./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", String.raw`'\''`)}'`;
}

/** Throws UsageError if the folder has no package, or that of another stage. */
function packagedTemplate(stage: string, folder: string): Template {
  const file = join(folder, UPDATE_TEMPLATE);
  const packageIt = `run ${serverless} package --stage ${stage} with the parameters of the stage`;
  let template: Template;
  try {
    template = readGivenJson(file) as Template;
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : cause}: ${packageIt}, or name its folder with --package`, { cause });
  }
  const table = Object(template).Resources?.['LedgerTable']?.Properties?.['TableName'];
  if (table !== `ota-dispatch-${stage}-ledger`) throw new UsageError(`${file} is not the package of stage ${stage}: ${packageIt}`);
  return template;
}

/** The survivors that no stack owns. Throws UsageError if there are none, or if another stack owns one. */
async function withoutOwner(
  survivors: readonly Survivor[],
  stackName: string,
  current: Template | undefined,
  clients: { readonly cloudformation: CloudFormationClient },
): Promise<readonly Survivor[]> {
  const free = survivors.filter(({ logicalId }) => current?.Resources[logicalId] === undefined);
  if (free.length === 0)
    throw new UsageError(`the stack ${stackName} already owns ${survivors.map(({ id }) => id).join(' and ')}: there is nothing to import`);
  for (const survivor of free) {
    const owner = await stackOf(survivor, clients);
    if (owner !== undefined)
      throw new UsageError(
        `the stack ${owner} owns ${survivor.id}: give it DeletionPolicy Retain there, and remove it from that stack first`,
      );
  }
  return free;
}

/** The template of the stack. Undefined if there is no stack. Throws UsageError if it is in a state in which nothing can be imported. */
async function templateOf(StackName: string, cloudformation: CloudFormationClient): Promise<Template | undefined> {
  const status = await statusOf(StackName, cloudformation);
  // In REVIEW_IN_PROGRESS the stack has a change set that was never executed, and no resource.
  if (status === undefined || status === 'REVIEW_IN_PROGRESS') return undefined;
  if (!importable.test(status))
    throw new UsageError(
      `the stack ${StackName} is in ${status}: ${remedies[status] ?? `wait until aws cloudformation describe-stacks --stack-name ${StackName} shows a state that ends with COMPLETE`}`,
    );
  const { TemplateBody = '{}' } = await cloudformation.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
  return JSON.parse(TemplateBody) as Template;
}

const remedies: Readonly<Record<string, string>> = {
  ROLLBACK_COMPLETE: 'its creation failed, so delete it with aws cloudformation delete-stack',
  ROLLBACK_FAILED: 'delete it with aws cloudformation delete-stack',
  DELETE_FAILED: 'see why with aws cloudformation describe-stack-events, and delete it with aws cloudformation delete-stack',
  UPDATE_ROLLBACK_FAILED: 'run aws cloudformation continue-update-rollback',
};

async function statusOf(StackName: string, cloudformation: CloudFormationClient): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0]?.StackStatus;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && / does not exist/.test(error.message)) return undefined;
    throw error;
  }
}
