import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/**
 * What `ota publish --json` printed. Every member may be absent.
 * @typedef {{ channel: string, rolloutId: string, state: string, code?: string, message?: string, aws?: Record<string, string>,
 *   counts?: Record<string, number> }} Rollout
 * @typedef {{ code: string, path: string, message: string, channel?: string }} Rejection
 * @typedef {{ channel: string, rolloutId: string, waitingFor: string[], reasons: { reason: string, message: string }[] }} Waiting
 * @typedef {{ result: string, eventId?: string, correlationId?: string, error?: string, duplicate?: boolean, rollouts?: Rollout[],
 *   rejected?: Rejection, rejections?: Rejection[], waiting?: Waiting[], warnings?: { path: string, message: string, channel?: string }[],
 *   uploaded?: { bucket: string, key: string, version: string, sha256: string, sizeBytes: number }[] }} Answer
 */

const SENTENCES = {
  succeeded: 'Every channel ended well.',
  waiting: 'The release is accepted. What has not ended waits only for a gate or a hold.',
  failed: 'At least one channel did not end well.',
  rejected: 'The release was rejected, so no device gets it.',
  timeout: 'The time passed before every channel ended. The rollouts go on.',
  published: 'The event is on the bus. Nobody followed it.',
  error: 'The command failed.',
};

/**
 * The outputs of action.yml.
 * @param {Answer} answer
 * @returns {Readonly<Record<string, string>>}
 */
function outputsOf({ result, eventId = '', correlationId = '', rollouts = [], waiting = [], uploaded: [firmware] = [] }) {
  return {
    result,
    'event-id': eventId,
    'correlation-id': correlationId,
    rollouts: JSON.stringify(rollouts),
    'waiting-for': JSON.stringify(waiting.map(({ channel, rolloutId, waitingFor }) => ({ channel, rolloutId, waitingFor }))),
    version: firmware?.version ?? '',
    sha256: firmware?.sha256 ?? '',
  };
}

/**
 * The lines that annotate a job, each with its level and its text.
 * @param {Answer} answer
 * @returns {[level: 'error' | 'warning' | 'notice', text: string][]}
 */
function annotationsOf({ result, error, rejected, rejections = rejected ? [rejected] : [], rollouts = [], waiting = [], warnings = [] }) {
  const on = (/** @type {string | undefined} */ channel) => (channel === undefined ? '' : ` (${channel})`);
  return [
    ...warnings.map(({ path, message, channel }) => /** @type {const} */ (['warning', `${path}: ${message}${on(channel)}`])),
    ...rejections.map(({ code, path, message, channel }) => /** @type {const} */ (['error', `${code} ${path}: ${message}${on(channel)}`])),
    ...waiting.map(({ channel, reasons }) => /** @type {const} */ (['notice', `${channel} waits: ${wordsOf(reasons)}`])),
    ...(result === 'failed' ? failedOf(rollouts, waiting).map((row) => /** @type {const} */ (['error', rolloutWords(row)])) : []),
    ...(result === 'timeout' ? [/** @type {const} */ (['error', SENTENCES.timeout])] : []),
    ...(error === undefined ? [] : [/** @type {const} */ (['error', error])]),
  ].map(([level, text]) => [level, text]);
}

/**
 * The summary of a job in Markdown.
 * @param {Answer} answer
 */
function summaryOf(answer) {
  const { result, eventId, error, rejected, rejections = rejected ? [rejected] : [], rollouts = [], waiting = [], uploaded = [] } = answer;
  const sentence = SENTENCES[/** @type {keyof typeof SENTENCES} */ (result)] ?? '';
  const rows = rollouts.map(({ channel, state, counts = {}, rolloutId, aws = {} }) => {
    const reasons = waiting.find((one) => one.channel === channel)?.reasons ?? [];
    return [
      channel,
      [state, wordsOf(reasons)].filter(Boolean).join(': '),
      countWords(counts),
      [rolloutId, ...Object.values(aws)].join(' '),
    ];
  });
  return [
    `### Firmware release: ${result}`,
    answer.duplicate ? `${sentence} It was released before, so nothing was started again.` : sentence,
    ...(error === undefined ? [] : [code(error)]),
    ...rejections.map((one) => `- ${code(`${one.code} ${one.path}`)} ${code(one.message)}`),
    ...(rows.length === 0 ? [] : [tableOf(['channel', 'state', 'devices', 'ids'], rows)]),
    ...uploaded.map(
      (one) => `Uploaded ${code(`s3://${one.bucket}/${one.key}`)}, version ${code(one.version)}, SHA-256 ${code(one.sha256)}.`,
    ),
    ...(eventId === undefined ? [] : [`Event ${code(eventId)}`]),
  ].join('\n\n');
}

/**
 * Reports the result of a release to GitHub: outputs, annotations and a summary.
 * @param {Answer} answer
 * @param {NodeJS.ProcessEnv} environment
 */
export function report(answer, { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY }) {
  for (const [level, text] of annotationsOf(answer)) console.log(`::${level} title=ota publish::${escaped(text)}`);
  if (GITHUB_OUTPUT) for (const [name, value] of Object.entries(outputsOf(answer))) appendFileSync(GITHUB_OUTPUT, outputLines(name, value));
  if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, `${summaryOf(answer)}\n`);
}

/** The text of a workflow command. A line break would begin another command. @param {string} text */
const escaped = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/**
 * The lines of an output. Nobody can guess the delimiter, so no value can set another output.
 * @param {string} name
 * @param {string} value
 */
function outputLines(name, value) {
  const end = `end-${randomUUID()}`;
  return `${name}<<${end}\n${value}\n${end}\n`;
}

/** Text of other people as code in Markdown, on one line. @param {string} text */
const code = (text) => `<code>${text.replace(/[^\p{L}\p{N} .,:;/=@_-]/gu, (sign) => `&#${sign.codePointAt(0)};`)}</code>`;

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
const tableOf = (head, rows) =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map((cell) => (cell === '' ? '' : code(cell))))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/** @param {readonly { message: string }[]} reasons */
const wordsOf = (reasons) => reasons.map(({ message }) => message).join('; ');

/** @param {Readonly<Record<string, number>>} counts */
const countWords = (counts) =>
  Object.entries(counts)
    .flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []))
    .join(', ');

/**
 * The rollouts that failed: not what waits, and not what a device has got. If none looks like that, too few devices succeeded for the input
 * `until`.
 * @param {readonly Rollout[]} rollouts
 * @param {readonly Waiting[]} waiting
 */
function failedOf(rollouts, waiting) {
  const ended = rollouts.filter(({ rolloutId }) => !waiting.some((one) => one.rolloutId === rolloutId));
  const failed = ended.filter((rollout) => !hasSucceeded(rollout));
  return failed.length > 0 ? failed : ended;
}

/** @param {Rollout} rollout */
function hasSucceeded({ state, counts = {} }) {
  const { succeeded = 0, failed = 0, rejected = 0, timedOut = 0, canceled = 0, removed = 0 } = counts;
  if (state === 'COMPLETED') return succeeded > 0 || failed + rejected + timedOut + canceled + removed === 0;
  return state === 'CREATED' && failed + rejected + timedOut === 0;
}

/** @param {Rollout} rollout */
const rolloutWords = ({ channel, state, code: why, message, counts = {} }) =>
  [`${channel} ${state}`, why, message, countWords(counts)].filter(Boolean).join(': ');
