import { serverless, start } from '../../../scripts/installation.ts';
import { type Answer, unread } from '../answer.ts';
import { type Check, type CheckId, failure, notCompared, ok, warning } from '../check.ts';
import type { DeployedFunction, Rule } from '../gather/deployed.ts';
import type { Statement } from '../gather/roles.ts';

/** What the stack would be, if the local files were deployed now. All variables are filled in. */
export type Intended = {
  /** The members of the event pattern of each rule, by its name. */
  readonly patterns: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** The ARNs of the roles that the functions may pass. */
  readonly roles: readonly string[];
  /** The ARNs that a job may be created on. */
  readonly jobResources: readonly string[];
  /** The ARNs of the objects that `releases` may read. */
  readonly objects: readonly string[];
  /** The digest of the channels. */
  readonly digest: string;
  /** The variables of each function that come from parameters. */
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The parameters behind the other variables: serverless.yml computes them. */
  readonly computed: readonly string[];
};

const deployAgain = (stage: string) =>
  stage === 'local'
    ? `restart ${start()}, or give the file that it runs with by --channels`
    : `run ${serverless} deploy --stage ${stage}, or get the files that were deployed`;

/** Whether the rule of this name forwards the sources of the local channels file. */
export function checkPattern(name: string, rule: Answer<Rule>, { patterns }: Intended, stage: string): Check {
  const id = 'drift-event-pattern';
  const pattern = patterns[name] ?? {};
  if (rule.kind !== 'found') return unreadOrAbsent(id, `rule ${name}`, rule, stage);
  const deployed = (rule.value.pattern === '' ? {} : JSON.parse(rule.value.pattern)) as Record<string, unknown>;
  const members = [...new Set([...Object.keys(pattern), ...Object.keys(deployed)])];
  const differences = members.flatMap((member) => differencesOf(member, pattern[member] ?? [], textsOf(deployed[member])));
  return differences.length === 0
    ? ok(id, `rule ${name} has the sources of the local channels file`)
    : failure(id, `rule ${name} differs from the local channels file: ${differences.join('; ')}`, deployAgain(stage));
}

/** The values of a member of a pattern. Somebody may have written a filter, such as `{"prefix": "com."}`, instead of a text. */
function textsOf(member: unknown): string[] {
  return [member ?? []].flat().map((value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)));
}

/** Whether the functions may pass exactly the roles of the local channels file. */
export function checkPassRole(statements: Answer<readonly Statement[]>, { roles }: Intended, stage: string): Check {
  return checkResources('drift-pass-role', statements, 'iam:PassRole', roles, stage);
}

/** Whether the functions may create jobs on exactly the targets and package versions of the local channels file. */
export function checkJobTargets(statements: Answer<readonly Statement[]>, { jobResources }: Intended, stage: string): Check {
  return checkResources('drift-job-targets', statements, 'iot:CreateJob', jobResources, stage);
}

/** Whether `releases` may read exactly the buckets of the local channels file. */
export function checkArtifactBuckets(statements: Answer<readonly Statement[]>, { objects }: Intended, stage: string): Check {
  return checkResources('drift-artifact-buckets', statements, 's3:GetObjectVersion', objects, stage);
}

function checkResources(
  id: 'drift-pass-role' | 'drift-artifact-buckets' | 'drift-job-targets',
  statements: Answer<readonly Statement[]>,
  action: string,
  intended: readonly string[],
  stage: string,
): Check {
  if (statements.kind !== 'found') return unreadOrAbsent(id, 'the role of the function releases', statements, stage);
  const allowing = statements.value.filter(({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes(action));
  const deployed = allowing.flatMap(({ Resource }) => Resource ?? []);
  const differences = differencesOf(action, intended, deployed);
  return differences.length === 0
    ? ok(id, `${action} is allowed on ${intended.join(', ')}`)
    : failure(id, `the permissions differ from the local channels file: ${differences.join('; ')}`, deployAgain(stage));
}

/** Whether the deployed channels are those of the local channels file, by their digest. */
export function checkDigest(outputs: Readonly<Record<string, string>>, { digest }: Intended, stage: string): Check {
  const id = 'drift-channels';
  const deployed = outputs['ChannelsDigest'];
  if (deployed === undefined)
    return warning(id, 'the stack has no output ChannelsDigest: an older version is deployed', deployAgain(stage));
  if (deployed === digest) return ok(id, `the channels are deployed, digest ${digest.slice(0, 12)}`);
  return failure(
    id,
    `the channels are deployed with digest ${deployed.slice(0, 12)}, the local file has ${digest.slice(0, 12)}`,
    deployAgain(stage),
  );
}

/** Whether the functions have the parameters of the local serverless.yml. */
export function checkParameters(functions: readonly DeployedFunction[], { environments, computed }: Intended, stage: string): Check {
  const id = 'drift-parameters';
  const failed = functions.map(({ configuration }) => configuration).find((answer) => answer.kind === 'unread');
  if (failed?.kind === 'unread') return unread(id, 'the environment of the functions', failed);
  const differences = functions.flatMap(({ name, configuration }) => {
    const deployed = configuration.kind === 'found' ? configuration.value.environment : {};
    // An older version of the service does not know every variable. The check drift-channels reports that.
    return Object.entries(environments[name] ?? {}).flatMap(([variable, value]) =>
      deployed[variable] === undefined || deployed[variable] === value
        ? []
        : [`${variable} of ${name} is ${deployed[variable]}, not ${value}`],
    );
  });
  return differences.length === 0
    ? ok(id, `the functions have the parameters of the local serverless.yml${notCompared(computed)}`)
    : failure(
        id,
        `the parameters differ from the local serverless.yml: ${differences.join('; ')}${notCompared(computed)}`,
        `${deployAgain(stage)}. A value of --param belongs in serverless.yml`,
      );
}

function differencesOf(what: string, intended: readonly string[], deployed: readonly string[]): string[] {
  const missing = intended.filter((one) => !deployed.includes(one));
  const extra = deployed.filter((one) => !intended.includes(one));
  return [
    missing.length > 0 ? [`${what} lacks ${missing.join(', ')}`] : [],
    extra.length > 0 ? [`${what} has ${extra.join(', ')}, which the file does not name`] : [],
  ].flat();
}

function unreadOrAbsent(id: CheckId, subject: string, answer: Exclude<Answer<unknown>, { kind: 'found' }>, stage: string): Check {
  return answer.kind === 'unread'
    ? unread(id, subject, answer)
    : failure(id, `${subject} does not exist`, `run ${serverless} deploy --stage ${stage}`);
}
