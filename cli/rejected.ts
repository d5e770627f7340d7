import { idsOf } from '../operator/events/move-messages.ts';
import { peekAll } from '../operator/reads/queue-messages.ts';
import { rejectedRelease } from '../operator/reads/rejected-body.ts';
import { type RejectedView, rejectedView } from '../operator/reads/rejected-view.ts';
import { openStage } from '../operator/stage/stage.ts';
import { artifactLines, senderWords } from '../operator/words/release-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { escaped, oneLine, print, printHelp } from '../scripts/layout.ts';
import { printJson } from './json-output.ts';
import { stageHelp, stageOptions } from './stage-options.ts';

const help = `Usage: ${ota} rejected [OPTIONS]

Shows what was rejected, why, and who sent it. The messages stay in the queue.
\`ota redrive\` sends them to the service again. A message has one rejection, the
first that was found. \`ota plan\` shows every rejection of a body.

  --id MESSAGE   only this message
  --body         print only the body of the message of --id, as it came. On a
                 terminal, control characters are escapes of JSON
${stageHelp}

Exit status:
  0    done, even if nothing was rejected
  1    the message of --id is not there
  2    wrong usage`;

/** `ota rejected`. Answers 0, even if nothing was rejected, and 1 if the message of `--id` is not there. */
export async function run(args: readonly string[]): Promise<number> {
  const options = { ...stageOptions, id: { type: 'string' }, body: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const { id } = values;
  if (values.body && id === undefined) throw new UsageError('--body needs --id MESSAGE');
  if (values.body && values.json) throw new UsageError('--body prints the message as it came, which may be no JSON: leave out --json');
  const stage = openStage(values);
  const all = await peekAll(stage, await stage.queueUrl('rejected'));
  const wanted = all.filter((message) => id === undefined || idsOf(message).includes(id));
  const found = wanted.map((message) => ({ message, view: rejectedView(message) })).sort((a, b) => a.view.at.localeCompare(b.view.at));
  if (id !== undefined && found.length === 0)
    console.error(`ota rejected: message ${id} is not in the queue rejected: leave out --id to see all`);
  if (values.body)
    for (const { message } of found.slice(0, 1)) console.log(process.stdout.isTTY ? escaped(message.Body ?? '') : message.Body);
  else if (values.json) printJson({ rejected: found.map(({ view }) => view) });
  else if (found.length > 0) for (const line of found.flatMap(({ message, view }) => rejectionLines(view, message.Body ?? ''))) print(line);
  else if (id === undefined) console.log('nothing was rejected');
  return id === undefined || found.length > 0 ? exit.ok : exit.failed;
}

/** Rejections because different content was accepted before. They also show the artifacts, to compare them with those of `ota status`. */
const aboutContent = ['RELEASE_CONFLICT', 'VERSION_AMBIGUOUS'];

/** A rejection for people. */
export function rejectionLines(view: RejectedView, body: string): string[] {
  const { at, messageId, code, path, message, product, version, channels, releaseDigest: digest } = view;
  const what = [product, version, channels?.join(', ')].filter((part) => part !== undefined).join(' ');
  const sender = senderWords(view);
  const release = aboutContent.includes(code) ? rejectedRelease(body) : undefined;
  const rest = [
    what,
    sender && `published by ${sender}`,
    release && digest && `digest ${digest}`,
    ...(release?.artifacts.flatMap(artifactLines) ?? []),
    `message ${messageId}`,
  ];
  const shown = rest.filter((line) => line !== undefined && line !== '').map((line) => `    ${line}`);
  return [`${at}  ${code} ${oneLine(path)}: ${oneLine(message)}`, ...shown];
}
