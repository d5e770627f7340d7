import { CopyButton } from './copy-button.tsx';
import { shorten } from './shorten.ts';

const LONGEST = 34;

type IdProps = {
  readonly value: string;
  /** What it is, such as `job id`. */
  readonly name: string;
  readonly longest?: number;
};

/** An id, shortened in its middle, with a button that copies all of it. */
export function Id({ value, name, longest = LONGEST }: IdProps) {
  const shown = shorten(value, longest);
  return (
    <span class="id">
      <code title={value} translate={false}>
        {shown === value ? (
          value
        ) : (
          <>
            <span aria-hidden="true">{shown}</span>
            <span class="visually-hidden">{value}</span>
          </>
        )}
      </code>
      <CopyButton text={value} label={`Copy the ${name}`} />
    </span>
  );
}
