import { parseArgs } from 'node:util';
import { releaseWithdrawn } from '../domain/release/intake.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { exit, UsageError } from './command.ts';
import { followWithdrawal } from './follow-withdrawal.ts';
import { firstSource, put } from './put.ts';
import { busHelp, busOption, openStage, stageHelp, stageOptions, unreachable } from './stage.ts';

const help = `Usage: npm run ota -- withdraw PRODUCT VERSION [OPTIONS]

Stops every live rollout of a release and blocks any that comes later.

  --revision N   only this revision (default: all)
  --channel C    only this channel; may be repeated (default: all)
  --reason CODE  a reason for machines, handed to AWS IoT in capitals
  --comment TEXT a comment, handed to AWS
  --force        also stop devices that have already started (IoT Core)
  --no-wait      do not wait until nothing is live
  --channels F   the channels.yml that names the source (default: the one that the stage is deployed with)
${busHelp}
${stageHelp}`;

/** `ota withdraw`: 0 when nothing of the release is live any more, or with --no-wait once it is told. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...stageOptions,
      ...busOption,
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
  const detail = {
    product,
    version,
    ...(values.revision !== undefined && { revision: Number(values.revision) }),
    ...(values.channel !== undefined && { channels: values.channel }),
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
  await followWithdrawal(stage, parsed.value, eventId, { wait: !values['no-wait'], json: values.json });
  return exit.ok;
}
