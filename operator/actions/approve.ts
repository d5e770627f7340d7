import { gateOfChannel } from '../../domain/channels/gate.ts';
import { type Approval, approversOf, countingApprovals } from '../../domain/gate/approvals.ts';
import type { Gate } from '../../domain/gate/gate.ts';
import { isSameApproval } from '../../domain/gate/record-approval.ts';
import { compact } from '../../domain/json/compact.ts';
import { parseApproval, type ReleaseApproval } from '../../domain/release/approval.ts';
import { releaseApproved } from '../../domain/release/intake.ts';
import { answersTo } from '../../domain/rollout/judge-approval.ts';
import type { OutgoingEvent } from '../events/publish-event.ts';
import { outlookOf } from '../reads/outlook.ts';
import { instant, type KnownRollout } from '../reads/read-model.ts';
import type { Configuration } from '../stage/configuration.ts';
import { productOf, steeringSourceOf } from '../stage/source-of-product.ts';
import type { Stage } from '../stage/stage.ts';
import { outlookWords, targetWords } from '../words/outlook-words.ts';
import { stateLine, stateWords } from '../words/state-words.ts';
import { untilAnswered, type Watch } from './answer.ts';
import { knownOf, type OnChannel, type Subject, subjectOf } from './subject.ts';
import { valid } from './valid.ts';

/** How long to wait until a gate from which nothing is missing opens. The service looks at once, so it needs seconds. */
const OPENS_WITHIN_MILLISECONDS = 10_000;

/** What a person wants to approve. `skip` are the parts of the gate that the approval leaves out. */
export type AskedApproval = OnChannel & {
  readonly skip?: readonly string[] | undefined;
  readonly comment?: string | undefined;
  readonly approvedBy?: string | undefined;
};

/** Whether an approval counts, and why. */
export type Counted = { readonly counted: boolean; readonly why: string; readonly known?: KnownRollout | undefined };

/** Why the service would reject an approval. `sources` are those that may approve instead. */
export type Refusal = { readonly reason: string; readonly sources: readonly string[] };

/** An approval that was judged and not sent. */
export type PreparedApproval = {
  readonly subject: Subject;
  readonly approval: Approval;
  readonly event: OutgoingEvent;
  /** The gate that channels.yml gives the channel. It counts until the channel has the release. */
  readonly gate: Gate | undefined;
  /** The answer to an approval that cannot change anything, so that nothing needs to be sent. */
  readonly settled: Counted | undefined;
  readonly refusal: Refusal | undefined;
  /** What it would let through, in words. Empty if it is settled or refused. */
  readonly consequences: readonly string[];
};

/** Throws UsageError for an approval that the service would reject, whatever the release is. */
export function checkApproval(asked: AskedApproval): void {
  approvalOf(asked);
}

/**
 * Reads what an approval is about, and judges it as far as it can be known before. It is bound to the content that the ledger has now.
 * `source` is the one that a person gave. Throws UsageError for names that do not exist.
 */
export async function prepareApproval(
  stage: Stage,
  configuration: Configuration,
  asked: AskedApproval,
  given: string | undefined,
): Promise<PreparedApproval> {
  const { product, version, channels, skip, comment, approvedBy } = approvalOf(asked);
  const source = steeringSourceOf(product, given, configuration);
  const subject = await subjectOf(stage, asked, configuration);
  const { revision, releaseDigest } = subject;
  const detail = { product, version, revision, channels, releaseDigest, ...compact({ skip, comment, approvedBy }) };
  const now = Date.now();
  const approval: Approval = { ...detail, by: { account: (await stage.account()) ?? '', source }, at: now };
  const gate = gateOf(subject, configuration);
  const nothingToDo = nothingLeft(subject, approval, gate, configuration.name);
  const refusal = nothingToDo ? undefined : refusalOf(subject, approval, gate, configuration);
  const settled = nothingToDo ?? (refusal === undefined ? approvedBefore(subject, approval) : undefined);
  return {
    subject,
    approval,
    event: { source, detailType: releaseApproved, detail: JSON.stringify(detail) },
    gate,
    settled,
    refusal,
    consequences: settled || refusal !== undefined ? [] : consequencesOf(subject, approval, now),
  };
}

/**
 * Waits until the ledger has the approval, and a gate from which nothing is missing has opened. Throws as {@link untilAnswered} does if
 * the service rejects it or does not answer.
 */
export function untilCounted(stage: Stage, { subject, approval, gate }: PreparedApproval, eventId: string, watch: Watch): Promise<Counted> {
  const { product, version, channel } = subject;
  const sent = { ...approval, eventId };
  const opensWithin = Math.min(OPENS_WITHIN_MILLISECONDS, watch.patience);
  let recordedAt: number | undefined;
  return untilAnswered(stage, { what: 'approval', eventId }, watch, async () => {
    const { list } = await stage.ledger.approvals(product, version);
    if (!list.some((one) => isSameApproval(one, sent))) return undefined;
    recordedAt ??= Date.now();
    const row = await stage.ledger.read(subject);
    const known = row && (await knownOf(stage, row));
    const isOpening = row?.state === 'WAITING' && known?.outlook?.kind === 'open';
    if (isOpening && Date.now() - recordedAt < opensWithin) return undefined;
    const [answer] = answersTo(sent, list, { rows: row ? [row] : [], gates: { [channel]: gate } });
    const now =
      known && [stateLine(known.row), outlookWords(known.row, known.outlook, known.steering, Date.now())].filter(Boolean).join(': ');
    return { counted: answer?.counted ?? false, why: [answer?.why, now].filter(Boolean).join('; '), known };
  });
}

function approvalOf({ product, version, revision, channel, skip, comment, approvedBy }: AskedApproval): ReleaseApproval {
  return valid(parseApproval(compact({ product, version, revision, channels: [channel], skip, comment, approvedBy })));
}

/** The answer where an approval comes too late, or where none is asked for. Undefined if it may still count. */
function nothingLeft({ channel, known }: Subject, { by }: Approval, configured: Gate | undefined, file: string): Counted | undefined {
  const row = known?.row;
  const gate = row ? row.gate : configured;
  const no = (why: string): Counted => ({ counted: false, why, known });
  if (gate?.approval === undefined) return no(`${channel} asks for no approval${row ? `, and is ${stateWords(row)}` : ` in ${file}`}`);
  if (row?.opened) {
    const opened = `the gate of ${channel} opened ${instant(row.opened.at)}`;
    if (row.opened.approvals.some((one) => one.by.source === by.source)) {
      return { counted: true, why: `${opened}, with an approval of ${by.source}; now ${stateLine(row)}`, known };
    }
    return no(`${opened}, so there is nothing left to approve`);
  }
  if (row && row.state !== 'WAITING') return no(`${stateLine(row)}, so there is nothing left to approve`);
  return undefined;
}

/** Its source publishes the product, or the channel does not permit what it skips. */
function refusalOf(subject: Subject, approval: Approval, configured: Gate | undefined, configuration: Configuration): Refusal | undefined {
  const { channel, known } = subject;
  const gate = known ? known.row.gate : configured;
  const permitted = gate?.approval?.skip ?? [];
  const refused = approval.skip?.find((part) => !permitted.includes(part));
  const ofSource = selfApproval(subject, approval.by.source, configuration);
  if (ofSource !== undefined || refused === undefined) return ofSource;
  const instead = permitted.length === 0 ? 'nothing' : permitted.join(', ');
  return { reason: `${channel} does not permit an approval to skip ${refused}: it permits ${instead}`, sources: [] };
}

/** Nobody approves their own release. */
function selfApproval({ product, known }: Subject, source: string, configuration: Configuration): Refusal | undefined {
  const { approvers = [], sources } = productOf(product, configuration);
  if (source !== known?.row.publishedBy.source && !sources.includes(source)) return undefined;
  const others = approvers.filter((one) => one !== known?.row.publishedBy.source);
  const reason = `${source} publishes releases of ${product}, and nobody may approve their own`;
  return { reason: others.length > 0 ? reason : `${reason}: add approvers to ${product} in ${configuration.name}`, sources: others };
}

/** The answer if the source has approved it before, and skips nothing more. */
function approvedBefore({ known }: Subject, { by, skip = [] }: Approval): Counted | undefined {
  if (known === undefined) return undefined;
  const approvals = countingApprovals(known.row, known.steering?.approvals ?? []);
  const before = approvals.filter((one) => one.by.source === by.source);
  const [first] = before;
  const addsParts = skip.some((part) => !before.some((one) => one.skip?.includes(part)));
  if (first === undefined || addsParts) return undefined;
  return { counted: true, why: `${by.source} approved it ${instant(first.at)}, and one source counts once`, known };
}

function gateOf({ product, channel }: Subject, configuration: Configuration): Gate | undefined {
  const configured = productOf(product, configuration).channels[channel];
  return configured && gateOfChannel(configured);
}

function consequencesOf({ known, channel }: Subject, approval: Approval, now: number): string[] {
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
