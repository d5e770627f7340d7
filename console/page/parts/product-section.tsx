import { useRef } from 'preact/hooks';
import type { ProductOverview } from '../../api.ts';
import { ActionButton } from './action-button.tsx';
import { ChannelCard } from './channel-card.tsx';
import { Holds } from './holds.tsx';
import { Pipeline } from './pipeline.tsx';
import { useSeen } from './use-seen.ts';

type ProductSectionProps = {
  readonly product: ProductOverview;
  /** Its channels are drawn at once, and not only when they come into sight. */
  readonly isFirst: boolean;
};

/** A product: its holds, and its channels as a pipeline. */
export function ProductSection({ product: { product, sources, approvers, holds, channels }, isFirst }: ProductSectionProps) {
  const id = `product-${product}`;
  const section = useRef<HTMLElement>(null);
  const isSeen = useSeen(section, isFirst);
  return (
    <section class={isFirst ? 'product' : 'product is-late'} ref={section} aria-labelledby={id}>
      <div class="product-head">
        <h2 id={id}>{product}</h2>
        <p class="small muted">
          released by {sources.join(', ')}
          {approvers.length > 0 && `, approved by ${approvers.join(', ')}`}
        </p>
        <ActionButton action="hold" input={{ product }} label={`Hold ${product}`} />
      </div>
      <Holds product={product} holds={holds} />
      {isSeen && (
        <Pipeline
          channels={channels}
          draw={(channel) => <ChannelCard key={channel.channel} product={product} channel={channel} holds={holds} />}
        />
      )}
    </section>
  );
}
