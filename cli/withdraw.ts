import { parseArgs } from 'node:util';
import { compact } from '../domain/json/compact.ts';
import { releaseWithdrawn } from '../domain/release/intake.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { followWithdrawal } from './follow-withdrawal.ts';
import { publishEvent } from './publish-event.ts';
import { sourceOfProduct } from './source-of-product.ts';
import { busHelp, busOption, channelsHelp, openStage, stageHelp, stageOptions, unreachable } from './stage.ts';

const help = `Usage: npm run ota -- withdraw PRODUCT VERSION [OPTIONS]

Stops every live rollout of a version, and blocks every revision of it from now on. Nobody can undo that.

  --revision N   only this revision (default: all)
  --channel C    only this channel (default: all); can be repeated
  --reason CODE  a reason code for programs (AWS IoT gets it in capitals)
  --comment TEXT a comment for AWS
  --force        also cancel the update on devices that have started it (IoT Core)
  --no-wait      do not wait until every rollout has stopped
${channelsHelp}
${busHelp}
${stageHelp}`;

/** `ota withdraw`. Answers 0 after every rollout has stopped, or with `--no-wait` after the withdrawal was published. */
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
  if (product === undefined || version === undefined || more.length > 0)
    throw new UsageError('exactly a product and a version are required');
  if (values.revision !== undefined && !/^[1-9]\d*$/.test(values.revision))
    throw new UsageError(`--revision takes a whole number of at least 1, not ${values.revision || 'nothing'}`);
  const { channel: channels, reason: reasonCode, comment } = values;
  const revision = values.revision === undefined ? undefined : Number(values.revision);
  const detail = compact({ product, version, revision, channels, reasonCode, comment, force: values.force || undefined });
  const parsed = parseWithdrawal(detail);
  // The service would reject it too, but with --no-wait nobody would see that here.
  if (!parsed.ok) throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  const stage = openStage(values);
  const event = { source: await sourceOfProduct(product, values.channels, stage), detailType: releaseWithdrawn, detail };
  const eventId = await publishEvent(stage, event).catch((error: unknown) => {
    throw unreachable(error, stage.endpoint);
  });
  if (!values.json) console.log(`published the withdrawal of ${product} ${version} as event ${eventId}`);
  await followWithdrawal(stage, parsed.value, eventId, { wait: !values['no-wait'], json: values.json });
  return exit.ok;
}
