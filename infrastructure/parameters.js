/** What the parameters of serverless.yml may be, checked in one place, so that each that is wrong is told once. */
const LONGEST_STAGE = 16;
/** What S3 leaves for stage and region in the name of the documents bucket. */
const LONGEST_STAGE_AND_REGION = 63 - 'ota-dispatch--documents-000000000000-'.length;

const isKey = (value) => /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/.test(value);
const or = new Intl.ListFormat('en-GB', { type: 'disjunction' });
const isOneOf = (values) => ({ rule: or.format(values), isRight: (value) => values.includes(value) });
const isNumber = (rule, isRight) => ({ rule, isRight: (value) => Number.isFinite(Number(value)) && isRight(Number(value)) });

/** Each parameter's rule; `isRight` is asked for each item of a list. */
const RULES = {
  bus: isOneOf(['own', 'existing']),
  allowedAccounts: { isList: true, rule: 'account ids of 12 digits', isRight: (value) => /^\d{12}$/.test(value) },
  createsPerSecond: isNumber('a number above 0', (value) => value > 0),
  followUpsShare: isNumber('a number between 0 and 1', (value) => value > 0 && value < 1),
  // For so long AWS may still make what was asked for; handlers/settings.ts refuses less at every start.
  unansweredMiMinutes: isNumber('a number of at least 20', (value) => value >= 20),
  kmsKey: { rule: 'aws, create or the ARN of a KMS key', isRight: (value) => ['aws', 'create'].includes(value) || isKey(value) },
  artifactKeys: { isList: true, rule: 'ARNs of KMS keys', isRight: isKey },
  logLevel: isOneOf(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT']),
};

/** An error whose message is all that a person sees: osls prints the stack of what a variable throws. */
export const withoutStack = (message) => Object.assign(new Error(message), { stack: message });

/** The items of a list: of serverless.yml, or the comma-separated text that `--param` can give. */
export function itemsOf(value) {
  const items = Array.isArray(value) ? value : String(value ?? '').split(',');
  return items.map((item) => String(item).trim()).filter((item) => item !== '');
}

/** Answers `checked`. Throws with a line for each parameter, or the stage, that is not what it may be. */
export async function check({ resolveVariable }) {
  const faults = await stageFaults(resolveVariable);
  for (const [name, { isList, rule, isRight }] of Object.entries(RULES)) {
    const value = await resolveVariable(`param:${name}`);
    const wrong = (isList ? itemsOf(value) : [value]).find((item) => !isRight(item));
    if (wrong !== undefined) faults.push(`params.${name}: ${rule}, not "${wrong}"`);
  }
  if (faults.length > 0) throw withoutStack(faults.join('\n'));
  return 'checked';
}

async function stageFaults(resolveVariable) {
  const [stage, region] = [await resolveVariable('sls:stage'), await resolveVariable('self:provider.region')];
  const longest = Math.min(LONGEST_STAGE, LONGEST_STAGE_AND_REGION - region.length);
  const isRight = /^[a-z0-9-]+$/.test(stage) && stage.length <= longest;
  return isRight ? [] : [`stage: lower-case letters, digits and hyphens, at most ${longest} in ${region}, not "${stage}"`];
}
