import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { releaseWithdrawn } from '../domain/release/intake.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { remember } from '../domain/rollout/remember.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { exit, UsageError } from './command.ts';
import { findRejected, PATIENCE_MILLISECONDS } from './follow.ts';
import { clearProgress, progress } from './progress.ts';
import { firstSource, put } from './put.ts';
import { viewOf } from './read-model.ts';
import { openStage, type Stage, stageHelp, stageOptions, unreachable } from './stage.ts';

const help = `Usage: npm run ota -- withdraw PRODUCT VERSION [OPTIONS]

Stops every live rollout of a release and blocks any that comes later.

  --revision N   only this revision (default: all)
  --channel C    only this channel; may be repeated (default: all)
  --reason CODE  a reason for machines, handed to AWS IoT in capitals
  --comment TEXT a comment, handed to AWS
  --force        also stop devices that have already started (IoT Core)
  --no-wait      do not wait until nothing is live
  --channels F   the channels.yml that names the source (default: the one of this repository)
${stageHelp}`;

const POLL_MILLISECONDS = 500;

/** `ota withdraw`: 0 when nothing of the release is live any more, or with --no-wait once it is told. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...stageOptions,
      channels: { type: 'string' },
      revision: { type: 'string' },
      channel: { type: 'string', multiple: true },
      reason: { type: 'string' },
      comment: { type: 'string' },
      force: { type: 'boolean', default: false },
      'no-wait': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const [product, version, ...more] = positionals;
  if (product === undefined || version === undefined || more.length > 0) throw new UsageError('withdraw takes a product and a version');
  if (values.revision !== undefined && !/^[1-9]\d*$/.test(values.revision)) throw new UsageError('--revision takes a whole number from 1');
  const scope = {
    ...(values.revision !== undefined && { revision: Number(values.revision) }),
    ...(values.channel !== undefined && { channels: values.channel }),
  };
  const detail = {
    product,
    version,
    ...scope,
    ...(values.reason !== undefined && { reasonCode: values.reason }),
    ...(values.comment !== undefined && { comment: values.comment }),
    ...(values.force && { force: true }),
  };
  const parsed = parseWithdrawal(detail);
  // Refused by the service it would be too, but after this command had said that all is withdrawn.
  if (!parsed.ok) throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  const stage = openStage(values);
  const event = { source: await firstSource(product, values.channels, stage), detailType: releaseWithdrawn, detail };
  const eventId = await put(stage, event).catch((error: unknown) => {
    throw unreachable(error, stage.endpoint);
  });
  if (!values.json) console.log(`withdrew ${product} ${version} as event ${eventId}`);
  const rows = values['no-wait'] ? [] : await untilStopped(stage, { product, version, scope, force: values.force, eventId });
  clearProgress();
  if (values.json) console.log(JSON.stringify({ eventId, rollouts: rows.map(viewOf) }));
  else for (const row of rows) console.log(endOf(row));
  return exit.ok;
}

/** Where a withdrawn rollout stands. No withdrawal takes an update back from a device that has it. */
export function endOf({ channel, state, code, counts }: Pick<Rollout, 'channel' | 'state' | 'code' | 'counts'>): string {
  const end = `${channel}: ${state}${code === undefined ? '' : ` (${code})`}`;
  const succeeded = counts?.succeeded ?? 0;
  if (succeeded === 0) return end;
  return `${end}; ${succeeded === 1 ? '1 device had already succeeded and keeps it' : `${succeeded} devices had already succeeded and keep it`}`;
}

type Scope = { readonly revision?: number; readonly channels?: readonly string[] };

type Withdrawn = {
  readonly product: string;
  readonly version: string;
  readonly scope: Scope;
  readonly force: boolean;
  readonly eventId: string;
};

/**
 * Waits until the ledger has this withdrawal, or others that cover it, and nothing of it is live; answers the rollouts it
 * met. Throws where it was refused, or where nobody took it up in `patience` milliseconds.
 */
export async function untilStopped(
  stage: Pick<Stage, 'ledger' | 'queueUrl' | 'sqs'>,
  { product, version, scope, force, eventId }: Withdrawn,
  patience = PATIENCE_MILLISECONDS,
): Promise<Rollout[]> {
  const rejectedQueue = await stage.queueUrl('rejected');
  const deadline = Date.now() + patience;
  for (;;) {
    const { tombstones } = await stage.ledger.lookUp(product, version, []);
    // By the service's own rule: it keeps no withdrawal that another covers.
    const isIn = remember(tombstones.list, { version, ...scope, force, at: 0 }) === 'known';
    const rows = (await stage.ledger.rowsOf(product, version)).filter(
      (row) =>
        row.version === version && (scope.revision ?? row.revision) === row.revision && (scope.channels?.includes(row.channel) ?? true),
    );
    if (isIn && rows.every(isStopped)) return rows;
    const refused = isIn ? undefined : await findRejected(stage, rejectedQueue, eventId);
    if (refused) throw new Error(`refused: ${refused.code} ${refused.path}: ${refused.reason}`);
    if (!isIn && Date.now() > deadline) throw new Error(`nobody took the withdrawal up in ${patience / 1000} s`);
    progress(rows.map((row) => `${row.channel} ${row.state}`).join(' · '));
    await sleep(POLL_MILLISECONDS);
  }
}

/** A withdrawal makes the service search once more for what failed as UNCERTAIN: it may be live. */
function isStopped({ state, code }: Rollout): boolean {
  return state === 'WITHDRAWN' || (state === 'FAILED' && code !== 'UNCERTAIN');
}
