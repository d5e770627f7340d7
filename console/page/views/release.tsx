import type { ReleaseStory } from '../../api.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Crumbs } from '../parts/crumbs.tsx';
import { Empty } from '../parts/empty.tsx';
import { Holds } from '../parts/holds.tsx';
import { Pipeline } from '../parts/pipeline.tsx';
import { PolledView } from '../parts/polled-view.tsx';
import { ReadAt } from '../parts/read-at.tsx';
import { ReleaseContent } from '../parts/release-content.tsx';
import { StageCard } from '../parts/stage-card.tsx';
import { stagesOf } from '../parts/stages.ts';
import { Withdrawals } from '../parts/withdrawals.tsx';
import { releaseApi } from '../paths.ts';
import { usePolled } from '../polled.ts';
import { useSession } from '../session.ts';
import { useTitle } from '../title.ts';

type ReleaseViewProps = { readonly params: { readonly product: string; readonly version: string } };

/** The way of a release through its channels. */
export function ReleaseView({ params: { product, version } }: ReleaseViewProps) {
  useTitle(`${product} ${version}`);
  const { refreshMilliseconds } = useSession();
  const polled = usePolled<ReleaseStory>(releaseApi({ product, version }), refreshMilliseconds);
  const { value } = polled;
  return (
    <>
      <Crumbs product={product} version={version} />
      <div class="view-head">
        <h1>
          {product} {version}
        </h1>
        <div class="controls">
          {value && <ReadAt at={value.at} />}
          <ActionButton action="withdraw" input={{ product, version }} label="Withdraw" />
        </div>
      </div>
      <PolledView polled={polled} what="the release">
        {(story) => <Story story={story} />}
      </PolledView>
    </>
  );
}

function Story({ story }: { readonly story: ReleaseStory }) {
  const { product, version, holds, withdrawals } = story;
  const revisions = stagesOf(story);
  return (
    <>
      <Withdrawals withdrawals={withdrawals} />
      <Holds product={product} holds={holds} />
      {revisions.length === 0 && (
        <Empty title={`${product} ${version} was not released.`}>
          <p>Only its withdrawal is known. If it is published later, it does not start.</p>
        </Empty>
      )}
      {revisions.map(({ revision, accepted, rollouts }) => (
        <section key={revision} class="revision" aria-labelledby={`revision-${revision}`}>
          <h2 id={`revision-${revision}`}>Revision {revision}</h2>
          <Pipeline channels={rollouts} draw={(rollout) => <StageCard key={rollout.rolloutId} rollout={rollout} />} />
          {accepted && (
            <div class="panel">
              <h3>Content</h3>
              <ReleaseContent revision={accepted} />
            </div>
          )}
        </section>
      ))}
    </>
  );
}
