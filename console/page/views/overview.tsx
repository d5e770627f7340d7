import { useMemo } from 'preact/hooks';
import type { Overview, ProductOverview } from '../../api.ts';
import { Elsewhere } from '../parts/elsewhere.tsx';
import { Empty } from '../parts/empty.tsx';
import { FirstSteps } from '../parts/first-steps.tsx';
import { filterProducts } from '../parts/overview-filter.ts';
import { PolledView } from '../parts/polled-view.tsx';
import { ProductSection } from '../parts/product-section.tsx';
import { ReadAt } from '../parts/read-at.tsx';
import { usePolled } from '../polled.ts';
import { useQuery } from '../query.ts';
import { useSession } from '../session.ts';
import { useTitle } from '../title.ts';

/** So many products are drawn at once, and the others when they come into sight. */
const FIRST = 12;

/** Every product with its channels: what runs where, and what waits for what. */
export function OverviewView() {
  useTitle('Channels');
  const { refreshMilliseconds } = useSession();
  const polled = usePolled<Overview>('/api/overview', refreshMilliseconds);
  const { value } = polled;
  return (
    <>
      <div class="view-head">
        <h1>Channels</h1>
        {value && <ReadAt at={value.at} />}
      </div>
      <PolledView polled={polled} what="the channels">
        {({ remarks, products, elsewhere }) => (
          <>
            {remarks.map((remark) => (
              <p key={remark} class="note">
                {remark}
              </p>
            ))}
            <Products products={products} />
            <Elsewhere rollouts={elsewhere} />
          </>
        )}
      </PolledView>
    </>
  );
}

function Products({ products }: { readonly products: readonly ProductOverview[] }) {
  const [text, setText] = useQuery('product');
  const [live, setLive] = useQuery('live');
  const isLiveOnly = live === '1';
  const shown = useMemo(() => filterProducts(products, { text, isLiveOnly }), [products, text, isLiveOnly]);
  if (products.length === 0) return <NoProducts />;
  const isUnused = products.every(({ channels }) => channels.every(({ rollouts }) => rollouts.length === 0));
  return (
    <>
      {isUnused && <FirstSteps />}
      <search class="controls filter">
        <label>
          Product
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <label>
          <input type="checkbox" checked={isLiveOnly} onChange={(event) => setLive(event.currentTarget.checked ? '1' : '')} />
          Only what is live or waits
        </label>
      </search>
      {shown.length === 0 && (
        <Empty title="No product fits the filter.">
          <p>There are {products.length} products. Clear the field “Product” and the box “Only what is live or waits” to see all.</p>
        </Empty>
      )}
      {shown.map((product, index) => (
        <Kept key={product.product} product={product} isFirst={index < FIRST} />
      ))}
    </>
  );
}

/** A product that has not changed is not drawn again. */
function Kept({ product, isFirst }: { readonly product: ProductOverview; readonly isFirst: boolean }) {
  return useMemo(() => <ProductSection product={product} isFirst={isFirst} />, [product, isFirst]);
}

function NoProducts() {
  const { channelsFile } = useSession();
  return (
    <Empty title="There are no products.">
      <p>
        Add a product and its channels to <code>{channelsFile}</code>.
      </p>
    </Empty>
  );
}
