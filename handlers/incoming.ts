import { sha256Hex } from '../domain/json/canonical.ts';
import { compact } from '../domain/json/compact.ts';
import { detailOf, type Message, parseMessage, readable } from '../domain/release/intake.ts';
import type { Result } from '../domain/release/rejection.ts';
import type { MessageFacts } from '../domain/rollout/outcome.ts';

/** A message of the releases queue or the steering queue, the members that could be read, and either its event or its rejection. */
export type Incoming = MessageFacts & { readonly body: string; readonly parsed: Result<Message> };

/** Reads a message of either queue. A body that is not a valid event becomes a rejection in `parsed`. Never throws. */
export function readMessage(messageId: string, body: string, allowedAccounts: readonly string[]): Incoming {
  const parsed = parseMessage(body, { allowedAccounts });
  return { messageId, body, bodySha256: sha256Hex(body), readable: parsed.ok ? readableOf(parsed.value) : readable(body), parsed };
}

function readableOf(message: Message): MessageFacts['readable'] {
  const { product, version, channels, correlationId }: MessageFacts['readable'] = detailOf(message);
  return compact({ product, version, channels, correlationId });
}
