import { Empty } from '../parts/empty.tsx';
import { useTitle } from '../title.ts';

/** The path is not one of the page's. */
export function NoView() {
  useTitle('No such view');
  return (
    <>
      <h1>There is no such view</h1>
      <Empty title="The address is wrong.">
        <p>
          Go to <a href="/">the channels</a>.
        </p>
      </Empty>
    </>
  );
}
