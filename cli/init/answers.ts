import type { TemplateName } from '../../domain/channels/template-name.ts';
import { UsageError } from '../../scripts/command.ts';
import { isTerminal, openQuestions, type Questions, type Terminal } from '../ask.ts';
import { type Key, options, type Question, questions } from './questions.ts';
import { ofService } from './services.ts';

/** What a project is made from, beside a file of the AWS CLI. */
export type Answers = Readonly<Record<Exclude<Key, 'controlPlane'>, string>> & { readonly controlPlane: TemplateName };

type Given = Readonly<Partial<Record<Key, string>>>;

/** What is known before anybody is asked: the options, and what a file of the AWS CLI has, if there is one. */
export type Known = { readonly given: Given; readonly file?: Given & { readonly controlPlane: TemplateName } };

/**
 * The answers to everything that a project needs. An option counts first. Then a person on the terminal is asked, who is offered what the
 * file has, or a default. With `isYes` or without a terminal nobody is asked: the file counts, then the default. The control plane decides
 * too much for a default that nobody has seen, so only `isYes` takes it. Throws UsageError for a wrong option, and names every option that
 * is missing.
 */
export async function answersOf({ given, file }: Known, isYes: boolean, terminal: Terminal = process): Promise<Answers> {
  for (const { key, option, problem } of options) {
    const wrong = given[key] === undefined ? undefined : problem(given[key]);
    if (wrong !== undefined) throw new UsageError(`${option} ${wrong}`);
  }
  if (file !== undefined) refuseWhatTheFileHas(given, file.controlPlane);
  const asked = !isYes && isTerminal(terminal) ? openQuestions(terminal) : undefined;
  const missing: string[] = [];
  /** `fallback` is the default, and what the file has comes before it. */
  async function answer(question: Question, fallback?: string): Promise<string> {
    const { key, option } = question;
    const known = given[key];
    if (known !== undefined) return known;
    if (asked !== undefined) return askUntilRight(asked, question, file?.[key] ?? fallback, terminal);
    const taken = file?.[key] ?? (isYes || question !== questions.controlPlane ? fallback : undefined);
    if (taken === undefined) missing.push(option);
    return taken ?? '';
  }
  try {
    const product = await answer(questions.product);
    const bucket = await answer(questions.bucket);
    // A file of the AWS CLI is a request of one service already.
    const controlPlane = (file?.controlPlane ?? (await answer(questions.controlPlane, 'createOTAUpdate'))) as TemplateName;
    const region = await answer(questions.region, 'eu-west-1');
    const needsConfiguration = controlPlane === 'createOtaTask' && file === undefined;
    const taskConfiguration = needsConfiguration ? await answer(questions.taskConfiguration) : '';
    const format = controlPlane === 'createJob' ? await answer(questions.format, 'device-client') : '';
    if (missing.length > 0) throw new UsageError(missingOptions(missing, isYes));
    refuseOfAnotherRequest(given, controlPlane);
    const channel = given.channel ?? 'beta';
    return {
      ...{ product, bucket, controlPlane, region, taskConfiguration, format, channel },
      source: given.source ?? 'firmware-ci',
      target: given.target ?? ofService[controlPlane].target(product, channel),
      // AWS Signer takes letters, digits and _, at most 64.
      signingProfile: given.signingProfile ?? `${product.replaceAll('-', '_').slice(0, 55)}_firmware`,
    };
  } finally {
    asked?.close();
  }
}

/** The file has the whole request, so an option for a part of it would have no effect. */
function refuseWhatTheFileHas(given: Given, controlPlane: TemplateName): void {
  for (const { key, option } of options)
    if (['target', 'signingProfile', 'taskConfiguration'].includes(key) && given[key] !== undefined)
      throw new UsageError(`${option} is not for --from-cli: the file has the whole request`);
  if (given.controlPlane !== undefined && given.controlPlane !== controlPlane)
    throw new UsageError(`the file of --from-cli is for ${controlPlane}, not for ${given.controlPlane}: leave out --control-plane`);
}

/** The request to which an option belongs, if it belongs to one only. */
const requestOf: Readonly<Partial<Record<Key, TemplateName>>> = {
  signingProfile: 'createOTAUpdate',
  format: 'createJob',
  taskConfiguration: 'createOtaTask',
};

function refuseOfAnotherRequest(given: Given, controlPlane: TemplateName): void {
  for (const { key, option } of options) {
    const owner = requestOf[key];
    if (given[key] !== undefined && owner !== undefined && owner !== controlPlane)
      throw new UsageError(`${option} is only for ${owner}: leave it out with ${controlPlane}`);
  }
}

/** Asks again until the answer is right. Throws UsageError at the end of the input. */
async function askUntilRight(
  { ask }: Questions,
  { option, asks, problem }: Question,
  fallback: string | undefined,
  { stderr }: Terminal,
): Promise<string> {
  for (let question = asks; ; question = asks.slice(asks.lastIndexOf('\n') + 1)) {
    const typed = await ask(`${question}${fallback === undefined ? '' : ` [${fallback}]`}: `);
    if (typed === undefined) throw new UsageError(`the input ended before this was answered: pass ${option}`);
    const answer = typed.trim() === '' ? (fallback ?? '') : typed.trim();
    const wrong = problem(answer);
    if (wrong === undefined) return answer;
    stderr.write(`  ${wrong}\n`);
  }
}

function missingOptions(options: readonly string[], isYes: boolean): string {
  const list = new Intl.ListFormat('en-GB').format(options);
  const be = options.length === 1 ? 'is' : 'are';
  return isYes ? `${list} ${be} required: there is no default` : `${list} ${be} required, because there is no terminal to ask you`;
}
