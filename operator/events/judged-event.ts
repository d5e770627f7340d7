import { releasePublished, releaseWithdrawn } from '../../domain/release/intake.ts';
import type { Rejection } from '../../domain/release/rejection.ts';
import { findLosses } from '../../domain/request/losses.ts';
import { UsageError } from '../../scripts/command.ts';
import { type Configuration, configurationOf, UNKNOWN_ACCOUNT } from '../stage/configuration.ts';
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

/**
 * The judge of a stage. The release alone is judged by the intake of the service. What depends on channels.yml is judged with
 * the file that the stage is deployed with. A whole event names its source, so it needs no channels.yml: if it cannot be read,
 * `warn` gets one line.
 */
export async function judgeOf(
  stage: Pick<Stage, 'name' | 'account' | 'region'>,
  channelsFile: string | undefined,
  warn: (line: string) => void,
  read: typeof configurationOf = configurationOf,
): Promise<Judge> {
  const [account = UNKNOWN_ACCOUNT, region] = await Promise.all([stage.account(), stage.region()]);
  const envelope = { account, isReplaced: true } as const;
  let configuration: Promise<Configuration> | undefined;
  let hasWarned = false;
  const configured = (): Promise<Configuration> => {
    configuration ??= read(stage, channelsFile);
    return configuration;
  };

  async function judge(body: Uint8Array): Promise<Judged> {
    const read = readGivenEvent(body, envelope);
    if (!read.ok) return { ok: false, rejections: [read.rejection] };
    const given = read.value;
    if (given.kind === 'withdrawalDetail')
      throw new UsageError('the file holds the detail of a withdrawal: use npm run ota -- withdraw, or publish a whole event');
    const named = given.kind === 'release' ? given.release : given.withdrawal;
    const found = await configured().catch((error: unknown): undefined => {
      if (given.source === undefined || channelsFile !== undefined || !(error instanceof UsageError)) throw error;
      if (!hasWarned) warn(`not judged with channels.yml: ${error.message}`);
      hasWarned = true;
    });
    const source =
      given.source ?? (found && Object.hasOwn(found.channels.products, named.product) ? sourceOfProduct(named.product, found) : '');
    if (found) {
      const judged = judgeEvent(given, source, found, Date.now());
      const isDetail = given.source === undefined;
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

/** What a release loses on its channels, and the warnings of channels.yml about them. Without a known account, only the former. */
function warningsOf(given: GivenEvent, configuration: Configuration | undefined): readonly PlanWarning[] {
  if (given.kind !== 'release' || configuration === undefined) return [];
  const { channels, warnings, isAccountKnown } = configuration;
  const losses = findLosses(given.release, channels);
  return isAccountKnown ? [...losses, ...warningsAbout(Buffer.from(given.detail), warnings)] : losses;
}
