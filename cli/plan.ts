import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Channels } from '../domain/release/channels.ts';
import { parseMessage, parseReleaseText } from '../domain/release/intake.ts';
import { isRecord } from '../domain/release/path.ts';
import { type Rejection, reject } from '../domain/release/rejection.ts';
import type { Release } from '../domain/release/release.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { readChannelsFile } from '../domain/request/channels-file.ts';
import { type Place, type Plan, planRelease } from '../domain/request/plan.ts';

const usage = 'usage: ota plan FILE [--channels FILE] [--account ID] [--region REGION] [--stage STAGE]';

/** Why there is no plan at all, neither rollouts nor rejections. */
class NoPlan extends Error {}

/**
 * `ota plan FILE`: prints what AWS would be asked for the release in FILE (a detail or a whole envelope), judged
 * by the code of the service, without ledger and S3. Answers 0; 1 where anything is rejected; 2, with the reason
 * on stderr, where there is nothing to plan: a withdrawal, a file that cannot be opened, a wrong channels.yml.
 */
export async function run(args: string[]): Promise<number> {
  try {
    const { file, channelsFile, place } = readArguments(args);
    const channels = await readChannels(channelsFile, place);
    const plan = planBody(await readBytes(file), channels, place);
    const rollouts = plan.rollouts.map(({ rolloutId, channel, service, operation, input }) => ({
      rolloutId,
      channel,
      service,
      operation,
      input,
    }));
    console.log(JSON.stringify({ rollouts, rejections: plan.rejections }, null, 2));
    return plan.rejections.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof NoPlan)) throw error;
    console.error(error.message);
    return 2;
  }
}

function readArguments(args: string[]): { file: string; channelsFile: string; place: Place } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        channels: { type: 'string', default: 'channels.yml' },
        account: { type: 'string', default: '000000000000' },
        region: { type: 'string', default: 'us-east-1' },
        stage: { type: 'string', default: 'local' },
      },
    });
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw new NoPlan(usage);
    const { account: accountId, region, stage } = values;
    const documentsBucket = `ota-dispatch-${stage}-documents-${accountId}-${region}`;
    return { file, channelsFile: values.channels, place: { accountId, region, stage, documentsBucket } };
  } catch (error) {
    if (error instanceof NoPlan) throw error;
    throw new NoPlan(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

async function readChannels(file: string, place: Place): Promise<Channels> {
  const bytes = await readBytes(file);
  const read = readChannelsFile(new TextDecoder().decode(bytes), place);
  if (read.ok) return read.channels;
  throw new NoPlan(read.errors.map(({ line, path, message }) => `${file}:${line}: ${path}: ${message}`).join('\n'));
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new NoPlan(`${file} cannot be opened: ${error instanceof Error ? error.message : error}`);
  }
}

function planBody(body: Uint8Array, channels: Channels, place: Place): Plan {
  const shown = peek(body);
  if (isRecord(shown) && !('detail' in shown) && !('detail-type' in shown)) return planDetail(body, shown, channels, place);
  const parsed = parseMessage(body, { allowedAccounts: [place.accountId] });
  if (!parsed.ok) return refused(parsed.rejection);
  const message = parsed.value;
  if (message.kind === 'withdrawal') throw new NoPlan('a withdrawal asks AWS for nothing new: there is no plan to show');
  return planRelease(message.release, channels, { place, source: message.envelope.source, now: Date.now() });
}

/** A detail has no source of its own: it is planned as if the first that may release the product had sent it. */
function planDetail(body: Uint8Array, shown: Record<string, unknown>, channels: Channels, place: Place): Plan {
  const parsed = parseReleaseText(body);
  if (!parsed.ok) {
    if (!('artifacts' in shown) && parseWithdrawal(shown).ok)
      throw new NoPlan('a withdrawal asks AWS for nothing new: there is no plan to show');
    return refused(parsed.rejection);
  }
  return planRelease(parsed.value, channels, { place, source: firstSource(parsed.value, channels), now: Date.now() });
}

function firstSource({ product }: Release, channels: Channels): string {
  return (Object.hasOwn(channels.products, product) ? channels.products[product]?.sources[0] : undefined) ?? '';
}

/** The body as far as it tells a detail from an envelope; whether it is well-formed is for the intake to say. */
function peek(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
}

function refused({ code, path, message }: Rejection): Plan {
  return { rollouts: [], rejections: [reject(code, path, message).rejection] };
}
