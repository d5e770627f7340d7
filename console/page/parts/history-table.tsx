import { useRef } from 'preact/hooks';
import type { RolloutSummary } from '../../api.ts';
import { HistoryRow } from './history-row.tsx';
import { type HistoryColumn, type HistoryQuery, historyColumns } from './history-rows.ts';
import { useWindow } from './use-window.ts';

/** In pixels. It must be the height of a row in views.css. */
const ROW_HEIGHT = 40;

const titles: Readonly<Record<HistoryColumn, string>> = {
  release: 'Release',
  channel: 'Channel',
  state: 'State',
  devices: 'Devices',
  since: 'Since',
};

type HistoryTableProps = {
  readonly rows: readonly RolloutSummary[];
  readonly sort: HistoryQuery['sort'];
  readonly onSort: (sort: HistoryQuery['sort']) => void;
};

/** Rollouts in a table of which only the rows in sight are drawn. */
export function HistoryTable({ rows, sort, onSort }: HistoryTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const { from, to, above, below } = useWindow(scroller, rows.length, ROW_HEIGHT);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section class="history-scroller" ref={scroller} tabIndex={0} aria-label="Rollouts">
      <table class="history" aria-rowcount={rows.length + 1}>
        <caption class="visually-hidden">Rollouts</caption>
        <thead>
          <tr aria-rowindex={1}>
            {historyColumns.map((column) => (
              <SortableHead key={column} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <Room height={above} />
        <tbody>
          {rows.slice(from, to).map((rollout, index) => (
            <HistoryRow key={rollout.rolloutId} rollout={rollout} rowIndex={from + index + 2} />
          ))}
        </tbody>
        <Room height={below} />
      </table>
    </section>
  );
}

type SortableHeadProps = Pick<HistoryTableProps, 'sort' | 'onSort'> & { readonly column: HistoryColumn };

/** The head of a column. Its button sorts up, then down, then not at all. */
function SortableHead({ column, sort, onSort }: SortableHeadProps) {
  const own = sort?.column === column ? sort : undefined;
  const next = () => {
    if (own === undefined) onSort({ column, isDescending: false });
    else onSort(own.isDescending ? undefined : { column, isDescending: true });
  };
  return (
    <th scope="col" class={`column-${column}`} aria-sort={own ? (own.isDescending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" class="quiet" onClick={next}>
        {titles[column]}
        <span aria-hidden="true">{own ? (own.isDescending ? '▼' : '▲') : ''}</span>
      </button>
    </th>
  );
}

/** The room of the rows that are not drawn. */
function Room({ height }: { readonly height: number }) {
  return (
    <tbody aria-hidden="true" class="room">
      <tr>
        <td style={{ height: `${height}px` }} />
      </tr>
    </tbody>
  );
}
