import { join } from 'node:path';
import { type Packaging, packageService } from '../../scripts/compiled-template.ts';
import { root } from '../../scripts/installation.ts';
import type { Checks } from './checks.ts';
import { run, tailOf } from './commands.ts';
import { REGION } from './engine.ts';
import type { Tools } from './tools.ts';

const HUBS_ONLY = `
artifactBuckets: [acme-firmware]
products:
  hub:
    sources: [com.acme.firmware-ci]
    channels:
      stable:
        createOtaTask: { OtaType: CONTINUOUS, OtaTargetQueryString: attributes.model=hub-2, TaskConfigurationId: abc123 }
`;

const approverIn = (partition: string) => `arn:${partition}:iam::111122223333:role/release-board`;

/** Every way in which the parameters change what the template has, each with the region for which it is judged. */
const variants: Readonly<Record<string, Packaging & { readonly region?: string }>> = {
  local: { stage: 'local' },
  prod: { stage: 'prod' },
  'an existing bus': { stage: 'prod', params: { bus: 'existing', busName: 'corp-bus' } },
  'an existing topic': { stage: 'prod', params: { alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' } },
  'alarms by email': { stage: 'prod', params: { alarmEmail: 'on-call@acme.example' } },
  'a key of the stack': { stage: 'prod', params: { kmsKey: 'create' } },
  'an existing key': { stage: 'prod', params: { kmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555' } },
  'other accounts': { stage: 'prod', params: { allowedAccounts: '111122223333,444455556666' } },
  'no job events': { stage: 'prod', params: { jobEvents: 'off' } },
  'a stage with a hyphen': { stage: 'eu-2', params: { approvalPrincipals: approverIn('aws') } },
  'managed integrations only': { stage: 'prod', channels: HUBS_ONLY },
  China: { stage: 'prod', params: { region: 'cn-north-1', approvalPrincipals: approverIn('aws-cn') }, region: 'cn-north-1' },
  GovCloud: { stage: 'prod', params: { region: 'us-gov-west-1', approvalPrincipals: approverIn('aws-us-gov') }, region: 'us-gov-west-1' },
  // A stage of which test/support/serverless.yml says nothing. The CLI takes no empty value of --param.
  'nobody named who approves': { stage: 'qa', channels: HUBS_ONLY },
};

type Finding = {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path: readonly (string | number)[] | null };
};

/** Judges every variant of the template, and the template of the OTA service role, with cfn-lint. Only what osls adds is left out. */
export async function lintTemplates(tools: Tools, checks: Checks): Promise<void> {
  for (const [name, { region = REGION, ...packaging }] of Object.entries(variants)) {
    await checks.part(`cfn-lint: ${name}`, async () => {
      const { folder } = await packageService(packaging);
      const template = join(folder, '.serverless', 'cloudformation-template-update-stack.json');
      checks.equal(`cfn-lint finds nothing in the template: ${name}`, await findingsIn(template, region, tools), []);
    });
  }
  const role = join(root, 'infrastructure', 'ota-service-role.yml');
  checks.equal('cfn-lint finds nothing in ota-service-role.yml', await findingsIn(role, REGION, tools), []);
}

async function findingsIn(template: string, region: string, { cfnLint }: Tools): Promise<string[]> {
  const ended = await run(cfnLint, ['--format', 'json', '--regions', region, '--template', template]);
  let findings: Finding[];
  try {
    findings = JSON.parse(ended.stdout || '[]') as Finding[];
  } catch {
    return [tailOf(ended)];
  }
  return findings
    .filter((finding) => !isOfOsls(finding))
    .map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path?.join('.')}: ${Message}`);
}

/** osls lets each function wait for its role with DependsOn, though Fn::GetAtt does that already. cfn-lint calls that W3005. */
function isOfOsls({ Rule, Location: { Path } }: Finding): boolean {
  return Rule.Id === 'W3005' && /LambdaFunction$/.test(String(Path?.[1])) && Path?.[2] === 'DependsOn';
}
