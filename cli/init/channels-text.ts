import { parse, stringify } from 'yaml';
import type { Answers } from './answers.ts';
import type { FromCli } from './from-cli.ts';
import { filled, templateFile } from './template-files.ts';

const INDENT = ' '.repeat(8);

/** The role that a command in README.md of the project deploys. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: variables of channels.yml
const ROLE = 'arn:${aws:partition}:iam::${aws:accountId}:role/ota-service-${sls:stage}';

/** The text of channels.yml with one product and one channel. The channel is that of the file of the AWS CLI, if there is one. */
export function channelsText(answers: Answers, file: FromCli | undefined): string {
  const buckets = [...new Set([answers.bucket, ...(file?.buckets ?? [])])];
  const head = filled(templateFile('channels.yml'), {
    buckets: buckets.map(yamlText).join(', '),
    product: yamlText(answers.product),
    source: yamlText(answers.source),
    channel: yamlText(answers.channel),
  });
  const request = file === undefined ? requestOf(answers) : requestOfCli(answers, file);
  return `${head}${request.replaceAll(/^(?=.)/gm, INDENT)}`;
}

function requestOf({ controlPlane, target, bucket, format, signingProfile, taskConfiguration }: Answers): string {
  return filled(templateFile(`${controlPlane}.yml`), {
    target: controlPlane === 'createOtaTask' ? targetOfTask(target) : yamlText(arnOf(target)),
    bucket: yamlText(bucket),
    role: ROLE,
    format,
    signingProfile: yamlText(signingProfile),
    taskConfiguration: yamlText(taskConfiguration),
  });
}

function requestOfCli({ controlPlane, format }: Answers, { request, besides }: FromCli): string {
  const options = controlPlane === 'createJob' ? { format, ...besides } : besides;
  // Each text is on one line, so the whole can be indented.
  return stringify({ [controlPlane]: request, ...options }, { lineWidth: 0, blockQuote: false });
}

/** The ARN of a thing group that was named without its ARN. */
function arnOf(target: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of channels.yml
  return target.startsWith('arn:') ? target : 'arn:${aws:partition}:iot:${aws:region}:${aws:accountId}:thinggroup/'.concat(target);
}

/** A task has a list of managed things, or a query. */
function targetOfTask(target: string): string {
  return target.startsWith('arn:')
    ? `OtaType: ONE_TIME # only these; CONTINUOUS has a query instead (OtaTargetQueryString)\n  Target: [${yamlText(target)}]`
    : `OtaType: CONTINUOUS # also devices that join later; ONE_TIME has a list of targets instead (Target)\n  OtaTargetQueryString: ${yamlText(target)}`;
}

/** A text as YAML, with quotes where it would mean something else without. It can stand in a list between brackets, too. */
export function yamlText(text: string): string {
  return /^[A-Za-z0-9][\w./-]*$/.test(text) && parse(text) === text ? text : JSON.stringify(text);
}
