import { releasePublished, releaseWithdrawn } from '../../domain/release/intake.ts';
import type { Rejection } from '../../domain/release/rejection.ts';
import type { Release } from '../../domain/release/release.ts';
import { findLosses } from '../../domain/request/losses.ts';
import { findRepeatedArtifacts } from '../../domain/request/repeated-artifacts.ts';
import { acceptedRelease, conflictWith } from '../../domain/rollout/claim.ts';
import { UsageError } from '../../scripts/command.ts';
import { ota } from '../../scripts/installation.ts';
import { type Configuration, configurationIfAny, UNKNOWN_ACCOUNT } from '../stage/configuration.ts';
import { sourceOfProduct } from '../stage/source-of-product.ts';
import type { Stage } from '../stage/stage.ts';
import { fillDetail, type GivenEvent, judgeDelivered, readGivenEvent } from './given-event.ts';
import { judgeEvent } from './judge-event.ts';
import { type PlanWarning, rejectionOfDetail, warningsAbout } from './plan-output.ts';
import type { OutgoingEvent } from './publish-event.ts';

/**
 * An event that nothing known here speaks against, with the text that was judged, or why the service would reject it. `warnings`
 * are those of `ota plan`.
 */
export type Judged = { readonly configuration?: Configuration } & (
  | { readonly ok: true; readonly given: GivenEvent; readonly event: OutgoingEvent; readonly warnings: readonly PlanWarning[] }
  | { readonly ok: false; readonly rejections: readonly Rejection[]; readonly given?: GivenEvent }
);

/** Judges files for one stage, as its service would. */
export type Judge = {
  /** Judges what a file holds. Throws UsageError if it does not hold an event that can be published. */
  judge(body: Uint8Array): Promise<Judged>;
  /** The file with another detail, see {@link fillDetail}. */
  fill(body: Uint8Array, change: (detail: Readonly<Record<string, unknown>>) => unknown): ReturnType<typeof fillDetail>;
};

/** Where a judge gets what the file of an event does not say. */
export type JudgeOptions = {
  /** The channels.yml that a person named. */
  readonly channelsFile?: string | undefined;
  /** The source that a person named. */
  readonly source?: string | undefined;
  /** Gets a line about what is not judged. */
  readonly warn: (line: string) => void;
  /** The source of a detail, if there is no channels.yml that names one. */
  readonly askSource?: () => Promise<string>;
  readonly read?: typeof configurationIfAny;
};

/** What `warn` gets in a folder without a channels.yml. */
export const CHANNELS_NOT_JUDGED =
  'the channels are not judged here, because there is no channels.yml: the service judges them (--channels names a file)';

/**
 * The judge of a stage. The release alone is judged by the intake of the service. What depends on channels.yml is judged with
 * the file that the stage is deployed with. In a folder without one, `warn` gets one line, and the service judges the rest. The same
 * holds for a whole event, which names its source, if the file of the stage cannot be read. The service never judges a release again on
 * a channel that has it. So if something speaks against a release, the ledger shows which channels are new. If the ledger cannot be read,
 * `warn` gets a line, and every channel is judged.
 */
export async function judgeOf(
  stage: Pick<Stage, 'name' | 'account' | 'region' | 'ledger'>,
  { channelsFile, source: givenSource, warn, askSource = noSource, read = configurationIfAny }: JudgeOptions,
): Promise<Judge> {
  const [account = UNKNOWN_ACCOUNT, region] = await Promise.all([stage.account(), stage.region()]);
  const envelope = { account, isReplaced: true } as const;
  const configured = once(() => read(stage, channelsFile));
  const asked = once(askSource);
  const warned = new Set<string>();
  const warnOnce = (line: string): void => {
    if (!warned.has(line)) warn(line);
    warned.add(line);
  };

  /** Undefined if the file is not there, or cannot be read and is not needed. */
  async function configurationFor(given: GivenEvent): Promise<Configuration | undefined> {
    try {
      const found = await configured();
      if (found === undefined) warnOnce(CHANNELS_NOT_JUDGED);
      return found;
    } catch (error) {
      if (given.source === undefined || channelsFile !== undefined || !(error instanceof UsageError)) throw error;
      warnOnce(`not judged with channels.yml: ${error.message}`);
      return undefined;
    }
  }

  /** The source in the file comes first, because EventBridge gets it. '' is the source of a product that does not exist. */
  async function sourceFor(given: GivenEvent, product: string, found: Configuration | undefined): Promise<string> {
    if (given.source && givenSource !== undefined && given.source !== givenSource)
      throw new UsageError(`the event in the file has the source ${given.source}: leave out --source ${givenSource}`);
    if (given.source || givenSource !== undefined) return given.source || (givenSource ?? '');
    if (found === undefined) return asked();
    return given.source === undefined && Object.hasOwn(found.channels.products, product) ? sourceOfProduct(product, found) : '';
  }

  async function rejectionsOf(given: GivenEvent, source: string, found: Configuration): Promise<readonly Rejection[]> {
    const now = Date.now();
    const rejections = judgeEvent(given, source, found, now);
    if (rejections.length === 0 || source === '' || given.kind !== 'release' || given.release.dryRun) return rejections;
    const unknown = await newChannels(given.release, stage.ledger).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      warnOnce(`judged as if it were new, because the ledger could not be read: ${reason.split('\n', 1)[0]}`);
      return undefined;
    });
    return unknown === undefined ? rejections : judgeEvent(given, source, found, now, unknown);
  }

  async function judge(body: Uint8Array): Promise<Judged> {
    const read = readGivenEvent(body, envelope);
    if (!read.ok) return { ok: false, rejections: [read.rejection] };
    const given = read.value;
    if (given.kind === 'withdrawalDetail')
      throw new UsageError(`the file holds the detail of a withdrawal: use ${ota} withdraw, or publish a whole event`);
    const named = given.kind === 'release' ? given.release : given.withdrawal;
    const found = await configurationFor(given);
    const source = await sourceFor(given, named.product, found);
    if (found) {
      const judged = await rejectionsOf(given, source, found);
      const isDetail = given.source === undefined && givenSource === undefined;
      const rejections = isDetail ? judged.map((one) => rejectionOfDetail(one, named.product, found.channels)) : judged;
      if (rejections.length > 0) return { ok: false, rejections, given, configuration: found };
    }
    const delivered = judgeDelivered({ ...given, source }, { account, region });
    if (!delivered.ok) return { ok: false, rejections: [delivered.rejection], given };
    const detailType = given.kind === 'release' ? releasePublished : releaseWithdrawn;
    return {
      ok: true,
      given,
      event: { source, detailType, detail: given.detail },
      warnings: warningsOf(given, found),
      ...(found && { configuration: found }),
    };
  }

  return { judge, fill: (body, change) => fillDetail(body, envelope, change) };
}

/** What a release has twice, what it loses on its channels, and the warnings of channels.yml about them. The last only with a known account. */
function warningsOf(given: GivenEvent, configuration: Configuration | undefined): readonly PlanWarning[] {
  if (given.kind !== 'release') return [];
  const repeated = findRepeatedArtifacts(given.release);
  if (configuration === undefined) return repeated;
  const { channels, warnings, isAccountKnown } = configuration;
  const losses = [...repeated, ...findLosses(given.release, channels)];
  return isAccountKnown ? [...losses, ...warningsAbout(Buffer.from(given.detail), warnings)] : losses;
}

/** The channels of a release that do not have it. Each of them, if the ledger has other content under its name. */
async function newChannels(release: Release, ledger: Stage['ledger']): Promise<readonly string[]> {
  const { accepted, rows } = await ledger.lookUp(release);
  if (accepted === undefined || conflictWith(accepted, acceptedRelease(release))) return release.channels;
  return release.channels.filter((channel) => !rows.some((row) => row.channel === channel));
}

/** Does `work` at the first call. Every call gets its answer. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= work();
    return answer;
  };
}

async function noSource(): Promise<string> {
  throw new UsageError('a source is required where there is no channels.yml: pass --source, or a whole event with its source');
}
