import type { ReleaseStory } from '../../api.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Crumbs } from '../parts/crumbs.tsx';
import { Devices } from '../parts/devices.tsx';
import { Empty } from '../parts/empty.tsx';
import { Holds } from '../parts/holds.tsx';
import { PolledView } from '../parts/polled-view.tsx';
import { ReadAt } from '../parts/read-at.tsx';
import { Region } from '../parts/region.tsx';
import { RolloutGate } from '../parts/rollout-gate.tsx';
import { RolloutRelease } from '../parts/rollout-release.tsx';
import { RolloutRequest } from '../parts/rollout-request.tsx';
import { RolloutSummary } from '../parts/rollout-summary.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { Withdrawals } from '../parts/withdrawals.tsx';
import { releaseApi } from '../paths.ts';
import { usePolled } from '../polled.ts';
import { useSession } from '../session.ts';
import { useTitle } from '../title.ts';

type Params = { readonly product: string; readonly version: string; readonly revision: string; readonly channel: string };

/** One rollout from its event to its end. */
export function RolloutView({ params }: { readonly params: Params }) {
  const { product, version, revision, channel } = params;
  useTitle(`${product} ${version} on ${channel}`);
  const { refreshMilliseconds } = useSession();
  const polled = usePolled<ReleaseStory>(releaseApi({ product, version }), refreshMilliseconds);
  const { value } = polled;
  return (
    <>
      <Crumbs product={product} version={version} channel={channel} />
      <div class="view-head">
        <h1>
          {product} {version} on {channel}
          {revision !== '1' && <span class="muted"> revision {revision}</span>}
        </h1>
        <div class="controls">
          {value && <ReadAt at={value.at} />}
          <ActionButton action="withdraw" input={{ product, version }} label="Withdraw" />
        </div>
      </div>
      <PolledView polled={polled} what="the rollout">
        {(story) => <Story story={story} params={params} />}
      </PolledView>
    </>
  );
}

function Story({ story, params }: { readonly story: ReleaseStory; readonly params: Params }) {
  const { product, version, channel } = params;
  const revision = Number(params.revision);
  const rollout = story.rollouts.find((one) => one.channel === channel && one.revision === revision);
  if (rollout === undefined)
    return (
      <Empty title={`${product} ${version} has no rollout of revision ${params.revision} on ${channel}.`}>
        <p>It has rollouts on {[...new Set(story.rollouts.map((one) => one.channel))].join(', ') || 'no channel'}.</p>
      </Empty>
    );
  const holds = story.holds.filter(({ channels }) => channels === undefined || channels.includes(channel));
  return (
    <>
      <Withdrawals withdrawals={story.withdrawals} />
      <Holds product={product} holds={holds} />
      <RolloutSummary rollout={rollout} at={story.at} />
      <div class="columns">
        <div>
          <Region title="Timeline">
            <Timeline entries={rollout.timeline} />
          </Region>
          {rollout.gate && (
            <Region title="Gate">
              <RolloutGate rollout={rollout} />
            </Region>
          )}
        </div>
        <div>
          <Devices product={product} version={version} revision={revision} channel={channel} counts={rollout.counts} />
          <Region title="Request">
            <RolloutRequest rollout={rollout} />
          </Region>
          <Region title="Release">
            <RolloutRelease rollout={rollout} accepted={story.revisions.find((one) => one.revision === revision)} />
          </Region>
        </div>
      </div>
    </>
  );
}
