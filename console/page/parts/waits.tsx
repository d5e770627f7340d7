import { Fragment } from 'preact';
import type { RolloutSummary } from '../../api.ts';
import { Icon } from './icon.tsx';
import { Time } from './time.tsx';
import { waitDetails, waitHeadline } from './wait-words.ts';

type WaitsProps = { readonly rollout: Pick<RolloutSummary, 'reasons' | 'waitsInWords'> };

/** What a rollout waits for, other than AWS: until when, for what, and how far that is. Nothing if it does not wait. */
export function Waits({ rollout: { reasons, waitsInWords } }: WaitsProps) {
  if (reasons === undefined) return waitsInWords === undefined || waitsInWords === '' ? null : <p class="waits">{waitsInWords}</p>;
  if (reasons.length === 0) return <p class="waits">nothing is missing: it starts when the service looks next</p>;
  const { until, for: nouns } = waitHeadline(reasons);
  return (
    <div class="waits">
      <p class="waits-line">
        <Icon name="hourglass" />
        <span>
          waits{' '}
          {until !== undefined && (
            <>
              until <Time at={until} as="until" />
            </>
          )}
          {until !== undefined && nouns.length > 0 && ', and '}
          {nouns.length > 0 && `for ${list.format(nouns)}`}
        </span>
      </p>
      <p class="small muted">
        {waitDetails(reasons).map((words, index) => (
          <Fragment key={words}>
            {index > 0 && <br />}
            {words}
          </Fragment>
        ))}
      </p>
    </div>
  );
}

const list = new Intl.ListFormat('en-GB');
