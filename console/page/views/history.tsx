import { useMemo, useState } from 'preact/hooks';
import type { History } from '../../api.ts';
import { get } from '../client.ts';
import { Empty } from '../parts/empty.tsx';
import { HistoryFilter } from '../parts/history-filter.tsx';
import { choicesOf, type HistoryQuery, historyRows } from '../parts/history-rows.ts';
import { HistoryTable } from '../parts/history-table.tsx';
import { Problem } from '../parts/problem.tsx';
import { ReadAt } from '../parts/read-at.tsx';
import { Withdrawals } from '../parts/withdrawals.tsx';
import { useTitle } from '../title.ts';
import { useRequest } from '../use-request.ts';

/** Every rollout that the ledger has. It is read when a person asks for it. */
export function HistoryView() {
  useTitle('History');
  const { value, error, isBusy, ask } = useRequest<History>();
  const read = (): void => void ask(() => get<History>('/api/history'));
  return (
    <>
      <div class="view-head">
        <h1>History</h1>
        <div class="controls">
          {value && <ReadAt at={value.at} />}
          <button type="button" onClick={() => isBusy || read()} aria-disabled={isBusy} aria-describedby="history-cost">
            {value ? 'Read the whole ledger again' : 'Read the whole ledger'}
          </button>
        </div>
      </div>
      <p id="history-cost" class="muted small">
        To show every rollout, the console scans the whole table of the ledger. AWS bills each read, so the page does this only when you
        ask.
      </p>
      <p role="status" class="visually-hidden">
        {isBusy ? 'Reading the ledger.' : value && `${value.rollouts.length} rollouts were read.`}
      </p>
      {isBusy && <p class="muted">Reading the ledger.</p>}
      {error && <Problem error={error} shownAt={value?.at} />}
      {value && <Rollouts history={value} />}
    </>
  );
}

const everything: HistoryQuery = { text: '', product: '', state: '' };

function Rollouts({ history: { rollouts, withdrawals } }: { readonly history: History }) {
  const [query, setQuery] = useState(everything);
  const rows = useMemo(() => historyRows(rollouts, query), [rollouts, query]);
  const products = useMemo(() => choicesOf(rollouts, 'product'), [rollouts]);
  const states = useMemo(() => choicesOf(rollouts, 'state'), [rollouts]);
  if (rollouts.length === 0 && withdrawals.length === 0)
    return (
      <Empty title="The ledger is empty.">
        <p>Nothing was published on this stage yet.</p>
      </Empty>
    );
  const onSort = (sort: HistoryQuery['sort']) => setQuery(({ sort: _, ...rest }) => (sort === undefined ? rest : { ...rest, sort }));
  return (
    <>
      <HistoryFilter query={query} products={products} states={states} onChange={setQuery} />
      <p class="small muted number" role="status">
        {rows.length} of {rollouts.length} rollouts
      </p>
      <HistoryTable rows={rows} sort={query.sort} onSort={onSort} />
      {withdrawals.length > 0 && (
        <>
          <h2 class="below">Withdrawn before they were published</h2>
          <Withdrawals withdrawals={withdrawals} />
        </>
      )}
    </>
  );
}
