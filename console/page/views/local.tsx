import { Empty } from '../parts/empty.tsx';
import { ExamplesRegion } from '../parts/local/examples.tsx';
import { FaultsRegion } from '../parts/local/faults.tsx';
import { FleetRegion } from '../parts/local/fleet.tsx';
import { useSession } from '../session.ts';
import { useTitle } from '../title.ts';

/** What a person can try on a local stage: examples, faults of AWS, and a fleet that fails. */
export function LocalView() {
  useTitle('Local');
  const { isLocal, stage } = useSession();
  return (
    <>
      <div class="view-head">
        <h1>Local</h1>
      </div>
      {isLocal ? (
        <>
          <ExamplesRegion />
          <FaultsRegion />
          <FleetRegion />
        </>
      ) : (
        <Empty title={`${stage} is a deployed stage.`}>
          <p>Examples, faults and the simulated fleet are only on a local stage.</p>
        </Empty>
      )}
    </>
  );
}
