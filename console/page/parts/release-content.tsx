import type { AcceptedRevision } from '../../api.ts';
import { artifactsOf } from './artifacts.ts';
import { Id } from './id.tsx';
import { Json } from './json.tsx';

/** What a release consists of: its digest, its artifacts, and the accepted detail. */
export function ReleaseContent({ revision: { revision, releaseDigest, detail } }: { readonly revision: AcceptedRevision }) {
  return (
    <>
      <dl class="facts">
        <dt>Revision</dt>
        <dd>{revision}</dd>
        <dt>Release digest</dt>
        <dd>
          <Id value={releaseDigest} name="release digest" />
        </dd>
        {artifactsOf(detail).map(({ name, place, sha256 }) => (
          <>
            <dt>Artifact</dt>
            <dd>
              <p>{name}</p>
              {place !== undefined && (
                <p class="small">
                  <code>{place}</code>
                </p>
              )}
              {sha256 !== undefined && (
                <p class="small">
                  SHA-256 <Id value={sha256} name={`SHA-256 of ${name}`} />
                </p>
              )}
            </dd>
          </>
        ))}
      </dl>
      <Json label="The accepted detail" value={detail} />
    </>
  );
}
