import { Fragment } from 'preact';
import { badStates, type Counts, countsWords, devicesOf, segmentsOf, statesOf, succeededPercentage } from './counts-words.ts';

/** The devices of a rollout by their state: a bar, and the same in words. Nothing if nobody has counted them yet. */
export function CountsBar({ counts }: { readonly counts: Counts | undefined }) {
  if (counts === undefined) return null;
  return (
    <div class="counts">
      <div class="bar" role="img" aria-label={countsWords(counts)}>
        {segmentsOf(counts).map(({ state, devices }) => (
          <span key={state} class={state} style={{ flexGrow: devices }} />
        ))}
      </div>
      <p class="bar-words number" aria-hidden="true">
        <Words counts={counts} />
      </p>
    </div>
  );
}

function Words({ counts }: { readonly counts: Counts }) {
  const all = devicesOf(counts);
  if (all === 0) return countsWords(counts);
  return (
    <>
      <span>
        {grouped.format(all)} {all === 1 ? 'device' : 'devices'}:{' '}
        {statesOf(counts).map(({ state, words, devices }, index) => (
          <Fragment key={state}>
            {index > 0 && ', '}
            <span class={badStates.includes(state) ? 'bad' : ''}>
              {grouped.format(devices)} {words}
            </span>
          </Fragment>
        ))}
      </span>
      <span class="share">{succeededPercentage(counts)} %</span>
    </>
  );
}

const grouped = new Intl.NumberFormat('en-GB');
