import type { HistoryQuery } from './history-rows.ts';

type HistoryFilterProps = {
  readonly query: HistoryQuery;
  readonly products: readonly string[];
  readonly states: readonly string[];
  readonly onChange: (query: HistoryQuery) => void;
};

/** Narrows the history: by a text, a product, and a state. */
export function HistoryFilter({ query, products, states, onChange }: HistoryFilterProps) {
  return (
    <search class="controls filter">
      <label>
        Search
        <input type="search" value={query.text} onInput={(event) => onChange({ ...query, text: event.currentTarget.value })} />
      </label>
      <Choice label="Product" value={query.product} choices={products} onChange={(product) => onChange({ ...query, product })} />
      <Choice label="State" value={query.state} choices={states} onChange={(state) => onChange({ ...query, state })} />
    </search>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly onChange: (value: string) => void;
};

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">all</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}
