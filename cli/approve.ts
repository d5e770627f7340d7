import { gateOfChannel } from '../domain/channels/gate.ts';
import { type Approval, approversOf, countingApprovals } from '../domain/gate/approvals.ts';
import { type Gate, type SkippablePart, skippableParts } from '../domain/gate/gate.ts';
import { isSameApproval } from '../domain/gate/record-approval.ts';
import { compact } from '../domain/json/compact.ts';
import { parseApproval } from '../domain/release/approval.ts';
import { releaseApproved } from '../domain/release/intake.ts';
import { answersTo } from '../domain/rollout/judge-approval.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { outlookOf } from '../operator/reads/outlook.ts';
import { instant, type KnownRollout, knownView } from '../operator/reads/read-model.ts';
import { type Configuration, configurationOf } from '../operator/stage/configuration.ts';
import { productOf, steeringSourceOf } from '../operator/stage/source-of-product.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { outlookWords, targetWords } from '../operator/words/outlook-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { print } from '../scripts/layout.ts';
import { confirm, requireTerminal } from './ask.ts';
import { stateLine, stateWords } from './ending.ts';
import { followSteering } from './follow-steering.ts';
import { statusCommand } from './goes-on.ts';
import { releaseName } from './publish-and-follow.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { releaseOnChannelOf, sourceHelp, steeringOptions } from './steering-options.ts';
import { knownOf, type Subject, subjectLines, subjectOf } from './steering-subject.ts';
import { readRevision } from './withdraw.ts';

const help = `Usage: npm run ota -- approve PRODUCT VERSION CHANNEL [OPTIONS]

Approves a release for a channel whose gate asks for it. It shows the content, the frozen request, what the gate has
seen, and what the approval would let through. Then it asks. The approval counts only for the content that was shown.

  --revision N   the revision (default: the highest one on the channel, or else the highest that was accepted)
  --skip PART    leave out a part of the gate, if the channel permits it: after, soakMinutes or allowedTimes. Can be
                 repeated, and needs --comment
  --comment TEXT why, for people
  --by NAME      who approves. The service stores the name and does not check it
${sourceHelp}
  --yes          do not ask
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    the approval counts
  1    the service rejected it or did not process it, it does not count, or you answered no
  2    wrong usage, an unknown product, version, revision or channel, or no terminal and no --yes
  130  Ctrl-C`;

/** How long to wait until a gate from which nothing is missing opens. The service looks at once, so it needs seconds. */
const OPENS_WITHIN_MILLISECONDS = 10_000;

/**
 * `ota approve`. Answers 0 if the approval counts, and 1 if it does not, if the service rejected it, or if a person said no. Throws
 * UsageError for what is unknown, and if nobody can be asked.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...steeringOptions,
        revision: { type: 'string' },
        skip: { type: 'string', multiple: true },
        comment: { type: 'string' },
        by: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    },
    { channel: 'write the channel after the version' },
  );
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const asked = { ...releaseOnChannelOf(positionals), revision: readRevision(values.revision) };
  const { product, version, channel } = asked;
  const given = compact({ skip: readSkip(values.skip), comment: values.comment, approvedBy: values.by });
  const checked = parseApproval(compact({ product, version, revision: asked.revision, channels: [channel], ...given }));
  // The service would reject it too, but a person should not have to say yes before.
  if (!checked.ok) throw new UsageError(`${checked.rejection.path}: ${checked.rejection.message}`);
  const stage = openStage(values);
  if (!values.yes) requireTerminal('an approval');
  const configuration = await configurationOf(stage, values.channels);
  const source = steeringSourceOf(product, values.source, configuration);
  try {
    const subject = await subjectOf(stage, asked, configuration);
    const { revision, releaseDigest } = subject;
    const detail = { product, version, revision, channels: [channel], releaseDigest, ...given };
    const now = Date.now();
    const approval: Approval = { ...detail, by: { account: (await stage.account()) ?? '', source }, at: now };
    const known = answerWithoutEvent(subject, approval, configuration);
    if (known) return report(known, values.json);
    if (!values.json || !values.yes) {
      const show = values.json ? console.error : print;
      for (const line of [...subjectLines(subject, now), ...consequenceLines(subject, approval, now)]) show(line);
    }
    if (!values.yes && !(await confirm(`Approve ${releaseName(subject)} for ${channel} on stage ${stage.name}?`))) {
      const why = 'nothing was approved';
      console.log(values.json ? JSON.stringify({ counted: false, why }) : why);
      return exit.failed;
    }
    const eventId = await publishEvent(stage, { source, detailType: releaseApproved, detail: JSON.stringify(detail) });
    if (!values.json) console.log(`published the approval of ${releaseName(subject)} for ${channel} as ${source} (event ${eventId})`);
    const gate = gateOf(subject, configuration);
    return report({ eventId, ...(await untilCounted(stage, subject, { ...approval, eventId }, gate, values.json)) }, values.json);
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/** Whether an approval counts, and why. */
type Answer = { readonly eventId?: string; readonly counted: boolean; readonly why: string; readonly known?: KnownRollout | undefined };

function report({ known, ...answer }: Answer, json: boolean): number {
  if (json) console.log(JSON.stringify({ ...answer, ...(known && { rollout: knownView(known) }) }));
  else print(`${answer.counted ? 'counts' : 'does not count'}: ${answer.why}`);
  return answer.counted ? exit.ok : exit.failed;
}

/** The parts that a person wants to skip. Throws UsageError for a part that no gate has. */
function readSkip(parts: readonly string[] | undefined): SkippablePart[] | undefined {
  const unknown = parts?.find((part) => !skippableParts.some((known) => known === part));
  if (unknown !== undefined) throw new UsageError(`--skip takes ${skippableParts.join(', ')}, not ${unknown || 'nothing'}`);
  return parts && skippableParts.filter((part) => parts.includes(part));
}

/**
 * The answer to an approval that cannot change anything, so that nobody needs to be asked. Undefined if it may. Throws Error if the
 * service would reject the approval.
 */
function answerWithoutEvent(subject: Subject, approval: Approval, configuration: Configuration): Answer | undefined {
  const { channel, known } = subject;
  const { source } = approval.by;
  const row = known?.row;
  const gate = row ? row.gate : gateOf(subject, configuration);
  const no = (why: string): Answer => ({ counted: false, why, known });
  if (gate?.approval === undefined)
    return no(`${channel} asks for no approval${row ? `, and is ${stateWords(row)}` : ` in ${configuration.name}`}`);
  if (row?.opened) {
    const opened = `the gate of ${channel} opened ${instant(row.opened.at)}`;
    if (row.opened.approvals.some(({ by }) => by.source === source)) {
      return { counted: true, why: `${opened}, with an approval of ${source}; now ${stateLine(row)}`, known };
    }
    return no(`${opened}, so there is nothing left to approve`);
  }
  if (row && row.state !== 'WAITING') return no(`${stateLine(row)}, so there is nothing left to approve`);
  requireOtherSource(subject, source, configuration);
  const refused = approval.skip?.find((part) => !gate.approval?.skip.includes(part));
  if (refused !== undefined) {
    const permitted = gate.approval.skip.length === 0 ? 'nothing' : gate.approval.skip.join(', ');
    throw new Error(`${channel} does not permit an approval to skip ${refused}: it permits ${permitted}`);
  }
  const before = row ? ofSource(row, known.steering?.approvals ?? [], source) : [];
  const adds = (approval.skip ?? []).filter((part) => !before.some(({ skip }) => skip?.includes(part)));
  if (before.length === 0 || adds.length > 0) return undefined;
  return { counted: true, why: `${source} approved it ${instant(before[0]?.at ?? 0)}, and one source counts once`, known };
}

/** Nobody approves their own release. Throws Error with the sources that may. */
function requireOtherSource({ product, known }: Subject, source: string, configuration: Configuration): void {
  const { approvers = [], sources } = productOf(product, configuration);
  if (source !== known?.row.publishedBy.source && !sources.includes(source)) return;
  const others = approvers.filter((one) => one !== known?.row.publishedBy.source);
  const advice =
    others.length === 0 ? `add approvers to ${product} in ${configuration.name}` : `use --source with one of ${others.join(', ')}`;
  throw new Error(`${source} publishes releases of ${product}, and nobody may approve their own: ${advice}`);
}

/** The gate of a channel today. It counts until the channel has the release. */
function gateOf({ product, channel }: Subject, configuration: Configuration): Gate | undefined {
  const configured = productOf(product, configuration).channels[channel];
  return configured && gateOfChannel(configured);
}

function ofSource(row: Rollout, approvals: readonly Approval[], source: string): Approval[] {
  return countingApprovals(row, approvals).filter(({ by }) => by.source === source);
}

/** What an approval would let through, in words. */
function consequenceLines({ known, channel }: Subject, approval: Approval, now: number): string[] {
  if (known?.steering === undefined) return [`this approval counts as soon as the release comes to ${channel}`];
  const { row, steering } = known;
  const approvals = [...steering.approvals, approval];
  const after = outlookOf(row, { ...steering, approvals }, now);
  const given = approversOf(countingApprovals(row, approvals));
  const counted = `with this approval ${given} of ${row.gate?.approval?.required ?? given} are given`;
  const send = `${row.operation} is sent ${targetWords(row)}`;
  if (after?.kind === 'open') return [`${counted} and nothing is missing: ${send}`];
  const words = outlookWords(row, after, steering, now);
  return [after?.kind === 'wait' ? `${counted}; what is left: ${words}; then ${send}` : `${counted}, but it ${words}`];
}

/**
 * Waits until the ledger has the approval. If nothing is missing any more, it waits for the gate to open, too. Throws as
 * {@link followSteering} does.
 */
async function untilCounted(stage: Stage, subject: Subject, approval: Approval, gate: Gate | undefined, json: boolean): Promise<Answer> {
  const { product, version, channel } = subject;
  const { eventId = '' } = approval;
  const command = statusCommand(stage, subject);
  const published = { what: 'approval', eventId, json, command, goesOn: `the approval goes on; look again with ${command}` } as const;
  let recordedAt: number | undefined;
  return followSteering(stage, published, async () => {
    const { list } = await stage.ledger.approvals(product, version);
    if (!list.some((one) => isSameApproval(one, approval))) return undefined;
    recordedAt ??= Date.now();
    const row = await stage.ledger.read(subject);
    const known = row && (await knownOf(stage, row));
    const isOpening = row?.state === 'WAITING' && known?.outlook?.kind === 'open';
    if (isOpening && Date.now() - recordedAt < OPENS_WITHIN_MILLISECONDS) return undefined;
    const [answer] = answersTo(approval, list, { rows: row ? [row] : [], gates: { [channel]: gate } });
    const now =
      known && [stateLine(known.row), outlookWords(known.row, known.outlook, known.steering, Date.now())].filter(Boolean).join(': ');
    return { counted: answer?.counted ?? false, why: [answer?.why, now].filter(Boolean).join('; '), known };
  });
}
