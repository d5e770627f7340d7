import { z } from 'zod';
import type { Release } from '../../../domain/release/release.ts';
import type { PlannedRollout } from '../../../domain/request/planned-rollout.ts';
import type { JudgedRollout } from '../../../domain/rollout/judge-plan.ts';
import { type Forecast, forecast, untilTakenUp } from '../../../operator/actions/publish.ts';
import type { ResultInLedger } from '../../../operator/actions/result-in-ledger.ts';
import { clientsOf } from '../../../operator/devices/devices-of.ts';
import { parseLeniently, readDelivered } from '../../../operator/events/given-event.ts';
import { rejectionLines, warningLines } from '../../../operator/events/judge-event.ts';
import { type Judge, judgeOf } from '../../../operator/events/judged-event.ts';
import { asIfUploaded, incomplete } from '../../../operator/events/not-uploaded.ts';
import { printedRollouts } from '../../../operator/events/plan-output.ts';
import type { OutgoingEvent } from '../../../operator/events/publish-event.ts';
import { steeringEvent } from '../../../operator/events/steering-event.ts';
import { reachReader } from '../../../operator/reads/reach.ts';
import type { Configuration } from '../../../operator/stage/configuration.ts';
import type { Stage } from '../../../operator/stage/stage.ts';
import { plannedLines } from '../../../operator/words/planned-words.ts';
import { releaseName } from '../../../operator/words/release-words.ts';
import { stateLine } from '../../../operator/words/state-words.ts';
import { ota } from '../../../scripts/installation.ts';
import type { ActionInput, ActionResult, Preview, Reach } from '../../api.ts';
import type { Action } from '../action.ts';
import type { Context } from '../context.ts';
import { published } from '../published.ts';
import { reader } from '../read-input.ts';
import { eventDocument, withStop } from './judgement.ts';
import { placeOfRelease } from './places.ts';

type Input = ActionInput['publish'];

/** The text of a release has at most 256 KiB. One that is larger is rejected with the rule of the service. */
const TEXT_MAX = 524_288;

/** Publishes a release whose firmware is in S3. The browser uploads nothing. */
export const publish: Action<Input> = {
  read: reader(z.strictObject({ text: z.string().min(1).max(TEXT_MAX) })),

  async preview(context, { text }) {
    const prepared = await prepare(context, text);
    if (!prepared.ok) return refused(prepared.refusals);
    const { release, event, warnings, foreseen } = prepared;
    const { rollouts, accepted } = foreseen;
    const isDuplicate = rollouts.length === 0;
    return {
      title: `Publish ${releaseName(release)} to ${release.channels.join(', ')}${release.dryRun ? ' as a dry run' : ''}`,
      lines: [
        ...(release.dryRun ? ['A dry run starts nothing. Its result is the event OTA Release Planned on the bus.'] : []),
        ...rollouts.flatMap((rollout) => plannedLines(rollout, rollouts)).map(withStop),
        ...accepted.map((row) => withStop(`${stateLine(row)}: it was accepted before, and does not start again`)),
      ],
      warnings: [
        ...(isDuplicate ? ['Every channel has this content already. The service reports a duplicate and starts nothing.'] : []),
        ...warnings,
      ],
      refusals: [],
      documents: [
        ...printedRollouts(rollouts).map((value, index) => ({ label: `Request for ${rollouts[index]?.channel}`, value })),
        eventDocument(event),
      ],
      reach: await reachOf(context.stage, rollouts),
    };
  },

  async carryOut(context, { text }) {
    const prepared = await prepare(context, text);
    if (!prepared.ok) return notDone(prepared.refusals);
    const { release, event, configuration } = prepared;
    return publishAndWait(context.stage, event, configuration, placeOfRelease(release), releaseName(release));
  },
};

/**
 * Publishes an event of any kind and waits until the service has taken it up. `name` is what people call it. Throws as
 * {@link published} does.
 */
export function publishAndWait(
  stage: Stage,
  event: OutgoingEvent,
  { place }: Pick<Configuration, 'place'>,
  href: string,
  name: string,
): Promise<ActionResult> {
  return published(stage, event, { noun: 'event', href }, async ({ eventId, watch }) => {
    const delivered = readDelivered(event, { account: place.accountId, region: place.region, id: eventId });
    const message = delivered.ok ? delivered.value : undefined;
    const result = await untilTakenUp(stage, { message, eventId }, watch);
    return { isDone: true, message: withStop(`${name} ${WORDS[result]}`), lines: [], href };
  });
}

const WORDS: Readonly<Record<ResultInLedger | 'unseen', string>> = {
  accepted: 'is accepted: its rollouts begin, or wait for their gates',
  duplicate: 'was accepted before with the same content, so nothing was started again',
  withdrawn: 'is recorded: the service stops what it names',
  recorded: 'is recorded',
  unseen: 'is published as a dry run, and the service has not rejected it: its result is the event OTA Release Planned on the bus',
};

type Prepared =
  | { readonly ok: false; readonly refusals: readonly string[] }
  | {
      readonly ok: true;
      readonly release: Release;
      readonly event: OutgoingEvent;
      readonly warnings: readonly string[];
      readonly foreseen: Forecast;
      readonly configuration: Configuration;
    };

/** Judges a file as the service would, and foresees what it would do. */
async function prepare({ stage, configuration, now }: Context, text: string): Promise<Prepared> {
  const body = Buffer.from(text);
  const steering = steeringEvent(parseLeniently(body));
  if (steering !== undefined)
    return refuse([`The file holds ${steering.noun}, and this takes a release. Use the button for it, or ${ota} ${steering.command}.`]);
  const configured = await configuration();
  const judge = await judgeOf(stage, { warn: () => undefined, read: async () => configured });
  const missing = missingOf(judge, body);
  if (missing.length > 0) {
    const filled = judge.fill(body, (detail) => asIfUploaded(detail, missing));
    const others = filled.ok ? await judge.judge(filled.value) : undefined;
    const rejections = others === undefined || others.ok ? [] : others.rejections;
    return refuse([...missing.map((index) => uploadRefusal(stage, index)), ...refusalLines(rejections)]);
  }
  const judged = await judge.judge(body);
  if (!judged.ok) return refuse(refusalLines(judged.rejections));
  // A withdrawal was refused above.
  if (judged.given.kind !== 'release') return refuse(['The file holds no release.']);
  const { event, given, warnings } = judged;
  const { release } = given;
  const foreseen = await forecast(stage, configured, { release, source: event.source }, now());
  if (foreseen.rejections.length > 0) return refuse(refusalLines(foreseen.rejections));
  const lines = warningLines(warnings).map((line) => withStop(line.replace(/^warning: /, '')));
  return { ok: true, release, event, warnings: lines, foreseen, configuration: configured };
}

/** The artifacts that only an upload completes, by their index. */
function missingOf(judge: Judge, body: Uint8Array): readonly number[] {
  let missing: readonly number[] = [];
  judge.fill(body, (detail) => {
    missing = incomplete(detail);
    return detail;
  });
  return missing;
}

function uploadRefusal({ name, isLocal }: Stage, index: number): string {
  const stage = isLocal ? '' : ` --stage ${name}`;
  return `artifacts[${index}] has no version of an object in S3, or no SHA-256. The console uploads nothing. Type: ${ota} publish FILE --upload FIRMWARE${stage}`;
}

function refusalLines(rejections: Parameters<typeof rejectionLines>[0]): string[] {
  return rejectionLines(rejections).map((line) => line.replace(/^rejected: /, ''));
}

const refuse = (refusals: readonly string[]): Prepared => ({ ok: false, refusals });

function refused(refusals: readonly string[]): Preview {
  return { title: 'Publish a release', lines: [], warnings: [], refusals, documents: [] };
}

function notDone([message = '', ...lines]: readonly string[]): ActionResult {
  return { isDone: false, message, lines };
}

/** How many devices each rollout would reach. Who may not list groups may publish all the same, so an error of AWS is a remark. */
async function reachOf(stage: Stage, rollouts: readonly (PlannedRollout & JudgedRollout)[]): Promise<Reach[]> {
  const read = reachReader(clientsOf(stage, ATTEMPTS).iot);
  const reaches: Reach[] = [];
  for (const rollout of rollouts) {
    const reach = await read(rollout).catch((error: unknown) => ({
      remark: `AWS did not count them: ${error instanceof Error ? error.name : 'no answer'}`,
    }));
    reaches.push({ channel: rollout.channel, ...reach });
  }
  return reaches;
}

/** A person waits for the preview. */
const ATTEMPTS = 3;
