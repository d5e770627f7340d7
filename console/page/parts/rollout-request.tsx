import type { RolloutStory } from '../../api.ts';
import { Id } from './id.tsx';
import { Json } from './json.tsx';
import { serviceWords } from './service-words.ts';

const awsNames = { otaUpdateId: 'OTA update id', jobId: 'Job id', taskId: 'Task id' } as const;

/** The frozen request of a rollout, where it goes, and what AWS calls it. */
export function RolloutRequest({ rollout }: { readonly rollout: RolloutStory }) {
  const { operation, attempt, aws, request, requestDigest, targetsInWords, scheduleInWords, links } = rollout;
  return (
    <>
      <dl class="facts">
        <dt>Operation</dt>
        <dd>
          {operation} ({serviceWords(operation)})
        </dd>
        <dt>Targets</dt>
        <dd>{targetsInWords}</dd>
        {scheduleInWords !== undefined && (
          <>
            <dt>Schedule</dt>
            <dd>{scheduleInWords}</dd>
          </>
        )}
        <dt>Attempt</dt>
        <dd>{attempt === 0 ? 'not sent yet' : attempt}</dd>
        {Object.entries(awsNames).map(([member, name]) => {
          const value = aws[member as keyof typeof awsNames];
          return (
            value !== undefined && (
              <>
                <dt>{name}</dt>
                <dd>
                  <Id value={value} name={name} longest={64} />
                </dd>
              </>
            )
          );
        })}
        <dt>Request digest</dt>
        <dd>
          <Id value={requestDigest} name="request digest" />
        </dd>
        {links.length > 0 && (
          <>
            <dt>At AWS</dt>
            <dd>
              <ul class="links">
                {links.map(({ label, url }) => (
                  <li key={url}>
                    <a href={url} target="_blank" rel="noreferrer">
                      {label}
                    </a>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
      <Json label="The frozen request" value={request} />
    </>
  );
}
