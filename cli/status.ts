import { parseArgs } from 'node:util';
import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { compareReleases } from '../domain/release/version.ts';
import { isFinal, type Rollout, waitingSince } from '../domain/rollout/rollout.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { spanOf } from '../scripts/progress.ts';
import { countsLine, viewOf } from './read-model.ts';
import { missing, openStage, type Stage, stageHelp, stageOptions, unreachable } from './stage.ts';

const help = `Usage: npm run ota -- status [PRODUCT [VERSION]] [OPTIONS]

Shows rollouts: state, device counts, AWS ids, since when, and why. A rollout that waits for AWS or for another rollout
is shown with how long it has waited. With PRODUCT and VERSION it shows the history too.

${stageHelp}`;

/** `ota status`. Answers 0, even if there are no rollouts. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: stageOptions });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const [product, version, ...more] = positionals;
  if (more.length > 0) throw new UsageError('give at most a product and a version');
  const stage = openStage(values);
  const rows = await read(stage, product, version).catch((error: unknown) => {
    if (!(error instanceof ResourceNotFoundException)) throw unreachable(error, stage.endpoint);
    throw missing(stage.name, 'ledger', error);
  });
  rows.sort(byProductAndRelease);
  if (values.json) console.log(JSON.stringify({ rollouts: rows.map(viewOf) }));
  else if (rows.length === 0) console.log('no rollouts');
  else for (const row of rows) console.log([...linesOf(row, Date.now()), ...(version === undefined ? [] : historyLines(row))].join('\n'));
  return exit.ok;
}

async function read(stage: Stage, product: string | undefined, version: string | undefined): Promise<Rollout[]> {
  if (product !== undefined && version !== undefined)
    return (await stage.ledger.releaseOf(product, version)).rows.filter((row) => row.version === version);
  const rows: Rollout[] = [];
  for await (const entry of stage.ledger.everything()) {
    if (entry.kind === 'row' && (product === undefined || entry.row.product === product)) rows.push(entry.row);
  }
  return rows;
}

function byProductAndRelease(a: Rollout, b: Rollout): number {
  return a.product.localeCompare(b.product) || compareReleases(a, b) || a.channel.localeCompare(b.channel);
}

/**
 * A rollout as `ota status` shows it to people: one line, and indented ones with devices, ids and times. In a state that waits
 * they say for how long, and why it came to that. `now` in epoch ms.
 */
export function linesOf(row: Rollout, now: number): string[] {
  const { product, version, revision, channel, state, attempt, code, message, aws, counts, since } = viewOf(row);
  const release = revision === 1 ? version : `${version} revision ${revision}`;
  const ids = [aws.otaUpdateId, aws.jobId, aws.taskId].filter((id) => id !== undefined).join('  ');
  const last = row.history.at(-1);
  const waiting = `, waiting ${spanOf(Math.max(0, now - waitingSince(row)))}${last === undefined ? '' : `: ${last.why}`}`;
  const waits = isFinal(row.state) || row.state === 'CREATED' ? '' : waiting;
  const why = code === undefined ? '' : `  ${code}: ${message ?? ''}`;
  const first = `${product} ${release} ${channel}  ${state}${attempt > 1 ? ` attempt ${attempt}` : ''}${why}`;
  return [first, ...[countsLine(counts), ids, `since ${since}${waits}`].filter((text) => text !== '').map((text) => `    ${text}`)];
}

/** Where the release came from, and every change of state: when, why, and by which invocation. */
function historyLines({ eventId, messageId, history }: Rollout): string[] {
  const origin = `from event ${eventId ?? 'unknown'}, message ${messageId}`;
  const changes = history.map(({ at, from, to, why, who }) => `${new Date(at).toISOString()}  ${from ?? 'new'} → ${to}  ${why}  (${who})`);
  return [origin, ...changes].map((text) => `    ${text}`);
}
