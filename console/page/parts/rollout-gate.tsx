import type { RolloutStory } from '../../api.ts';
import { CountsBar } from './counts-bar.tsx';
import { Gate } from './gate.tsx';
import { Time } from './time.tsx';

/** The gate of a rollout: what it asks for and has seen, or the evidence with which it opened. */
export function RolloutGate({ rollout: { gate, opened, gateInWords } }: { readonly rollout: RolloutStory }) {
  if (opened === undefined)
    return (
      <ul>
        {gateInWords.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    );
  return (
    <>
      <Gate gate={gate} />
      <Evidence opened={opened} />
    </>
  );
}

function Evidence({ opened: { at, after, approvals, skipped } }: { readonly opened: NonNullable<RolloutStory['opened']> }) {
  return (
    <div class="evidence">
      <p>
        It opened at <Time at={at} as="seconds" />.{skipped.length > 0 && ` An approval skipped ${skipped.join(', ')}.`}
      </p>
      {after.map(({ channel, counts, metAt, soakedAt }) => (
        <div key={channel}>
          <p>
            <strong>{channel}</strong> met the rule at <Time at={metAt} as="seconds" />. Its soak time ended at{' '}
            <Time at={soakedAt} as="seconds" />.
          </p>
          <CountsBar counts={counts} />
        </div>
      ))}
      {approvals.map(({ by, eventId, at: approvedAt, approvedBy, comment }) => (
        <p key={eventId}>
          Approved by <strong>{approvedBy ?? by.source}</strong>
          {approvedBy !== undefined && ` (${by.source})`} at <Time at={approvedAt} />
          {comment !== undefined && `: ${comment}`}
        </p>
      ))}
    </div>
  );
}
