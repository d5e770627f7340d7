import type { AcceptedRevision, RolloutStory } from '../../api.ts';
import { releasePath } from '../paths.ts';
import { Id } from './id.tsx';
import { ReleaseContent } from './release-content.tsx';

type RolloutReleaseProps = { readonly rollout: RolloutStory; readonly accepted: AcceptedRevision | undefined };

/** Where a rollout comes from: its release, who published it, and by which event. */
export function RolloutRelease({ rollout, accepted }: RolloutReleaseProps) {
  const { product, version, rolloutId, publishedBy, correlationId, messageId } = rollout;
  const ids = [
    ['Rollout id', rolloutId],
    ['Event id', publishedBy.eventId],
    ['Message id', messageId],
    ['Correlation id', correlationId],
  ] as const;
  return (
    <>
      <dl class="facts">
        <dt>Release</dt>
        <dd>
          <a href={releasePath({ product, version })}>
            {product} {version}
          </a>
        </dd>
        <dt>Published by</dt>
        <dd>
          {publishedBy.source}, account {publishedBy.account}
        </dd>
        {ids.map(
          ([name, value]) =>
            value !== undefined && (
              <>
                <dt>{name}</dt>
                <dd>
                  <Id value={value} name={name.toLowerCase()} longest={64} />
                </dd>
              </>
            ),
        )}
      </dl>
      {accepted && <ReleaseContent revision={accepted} />}
    </>
  );
}
