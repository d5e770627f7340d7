import { sha256Hex } from '../domain/json/canonical.ts';
import { compact } from '../domain/json/compact.ts';
import { type Message, parseMessage, readable } from '../domain/release/intake.ts';
import type { Result } from '../domain/release/rejection.ts';
import type { MessageFacts } from '../domain/rollout/outcome.ts';

/** A message from the releases queue, with what could be read of it, and the event in it or why there is none. */
export type Incoming = MessageFacts & { readonly body: string; readonly parsed: Result<Message> };

/** Reads a message of the releases queue. Never throws, whatever the body. */
export function readMessage(messageId: string, body: string, allowedAccounts: readonly string[]): Incoming {
  const parsed = parseMessage(body, { allowedAccounts });
  return { messageId, body, bodySha256: sha256Hex(body), readable: parsed.ok ? readableOf(parsed.value) : readable(body), parsed };
}

function readableOf(message: Message): MessageFacts['readable'] {
  const { product, version, channels, correlationId } = message.kind === 'release' ? message.release : message.withdrawal;
  return compact({ product, version, channels, correlationId });
}
