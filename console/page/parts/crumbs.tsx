import { releasePath } from '../paths.ts';

type CrumbsProps = {
  readonly product: string;
  readonly version: string;
  /** Absent on the view of the release itself. */
  readonly channel?: string;
};

/** Where a view is: below which product, and below which release. */
export function Crumbs({ product, version, channel }: CrumbsProps) {
  return (
    <nav aria-label="Place">
      <ol class="crumbs">
        <li>
          <a href={`/?product=${encodeURIComponent(product)}`}>{product}</a>
        </li>
        <li>
          {channel === undefined ? <span aria-current="page">{version}</span> : <a href={releasePath({ product, version })}>{version}</a>}
        </li>
        {channel !== undefined && (
          <li>
            <span aria-current="page">{channel}</span>
          </li>
        )}
      </ol>
    </nav>
  );
}
