import { useSession } from '../session.ts';
import { Empty } from './empty.tsx';

/** What to do on a stage to which nothing was published yet. */
export function FirstSteps() {
  const { isLocal, stage, isReadOnly, ota } = useSession();
  return (
    <Empty title="Nothing was published yet.">
      {isLocal && !isReadOnly && (
        <p>
          Publish an example on <a href="/local">Local</a>. Its devices are simulated.
        </p>
      )}
      <p>
        {isReadOnly ? 'Publish' : 'Or publish'} a release of your own from a terminal:{' '}
        <code>
          {ota} publish release.json --upload app.bin{isLocal ? '' : ` --stage ${stage}`}
        </code>
      </p>
      {!isReadOnly && <p>If its firmware is in S3 already, use the button Publish. It shows a preview first.</p>}
    </Empty>
  );
}
