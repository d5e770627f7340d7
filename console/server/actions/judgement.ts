import { findSteered, type Steering } from '../../../domain/channels/steering.ts';
import { countingApprovals } from '../../../domain/gate/approvals.ts';
import { approvalInEvent } from '../../../domain/rollout/outcome.ts';
import type { Subject } from '../../../operator/actions/subject.ts';
import type { OutgoingEvent } from '../../../operator/events/publish-event.ts';
import { knownView } from '../../../operator/reads/read-model.ts';
import type { Configuration } from '../../../operator/stage/configuration.ts';
import { gateLines } from '../../../operator/words/outlook-words.ts';
import type { Preview } from '../../api.ts';
import { placeOfRelease, placeOfRollout } from './places.ts';

type Documents = Preview['documents'];

/** What a person looks at before they say yes or no: the release, the frozen request, and what the gate has seen so far. */
export function documentsOf({ accepted, known, releaseDigest }: Subject, event: OutgoingEvent): Documents {
  const view = known && knownView(known);
  return [
    { label: 'Digest', value: releaseDigest },
    ...(accepted ? [{ label: 'Release', value: accepted.detail }] : []),
    ...(known && view
      ? [
          { label: 'Request', value: { operation: known.row.operation, request: known.row.request } },
          {
            label: 'Evidence',
            value: {
              gate: view.gate,
              seen: gateLines(known.row, known.steering),
              approvals: countingApprovals(known.row, known.steering?.approvals ?? []).map(approvalInEvent),
              waitingFor: view.waitingFor,
              reasons: view.reasons,
              opened: view.opened,
            },
          },
        ]
      : []),
    eventDocument(event),
  ];
}

/** The event that will be sent. EventBridge adds its id, account and time. */
export function eventDocument({ source, detailType, detail }: OutgoingEvent): Documents[number] {
  return { label: 'Event', value: { source, 'detail-type': detailType, detail: JSON.parse(detail) as unknown } };
}

/** Why the service would reject an event of this source. Empty if it would not, for this reason. */
export function sourceRefusals({ channels }: Configuration, product: string, source: string, what: Steering): string[] {
  const found = findSteered(channels, product, source, what);
  return found.ok ? [] : [`The source ${source} may not do that: ${found.rejection.message}.`];
}

/** The page that shows the rollout, or the release if it did not come to the channel yet. */
export function placeOf(subject: Subject): string {
  return subject.known ? placeOfRollout(subject) : placeOfRelease(subject);
}

/** A text of the command line as a sentence: with a capital and a full stop. */
export function sentence(text: string): string {
  return withStop(`${text.charAt(0).toUpperCase()}${text.slice(1)}`);
}

/** A text of the command line that begins with a name, as a sentence. The name keeps its small letter. */
export function withStop(text: string): string {
  return `${text}${/[.!?]$/.test(text) ? '' : '.'}`;
}
