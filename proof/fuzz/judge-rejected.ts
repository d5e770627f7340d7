import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rejectionCodes } from '../../domain/release/rejection.ts';
import type { Effects, PublishedEvent } from './aws/effects.ts';
import type { Expect } from './flaw.ts';
import { schemaOf } from './model/release.ts';

/** The published schemas of the service's events, by the name of their file. */
const schemas = new Map(
  readdirSync(new URL('../../schemas/', import.meta.url)).flatMap((file) => {
    const name = /^(ota-.*)\.schema\.json$/.exec(file)?.[1];
    return name === undefined ? [] : [[name, schemaOf(name)] as const];
  }),
);

/** Every published event is valid by its schema. */
export function judgeEvents(events: readonly PublishedEvent[], expect: Expect): void {
  for (const { detailType, detail } of events) {
    const schema = schemas.get(detailType.toLowerCase().replaceAll(' ', '-'));
    const [flaw] = schema?.(detail) ?? [{ path: [], keyword: 'no such event' }];
    expect(flaw === undefined, 'events by their schema', `${detailType}: ${flaw?.path.join('.')} ${flaw?.keyword}`);
  }
}

/** Judges a refused message: it is kept verbatim, published once and has no other effect. Returns its code. */
export function judgeRejected(body: string, effects: Effects, expect: Expect): { readonly code: string | undefined } {
  const [kept] = effects.kept;
  const [event] = effects.published;
  expect(effects.kept.length === 1, 'kept', `kept ${effects.kept.length} times`);
  expect(kept?.body === body, 'kept', 'not kept verbatim');
  const { code, path, reason, messageId } = kept?.attributes ?? {};
  expect(code !== undefined && Object.hasOwn(rejectionCodes, code), 'code of the closed list', String(code));
  expect(messageId === 'message-0', 'kept', `kept as ${messageId}`);
  expect(/^[\x20-\x7e]+$/.test(path ?? '') && (path?.length ?? 0) <= 1024, 'path', `path ${JSON.stringify(path)?.slice(0, 200)}`);
  expect((reason ?? '').length > 0, 'reason', 'no reason');
  expect(
    effects.published.length === 1 && event?.detailType === 'OTA Release Rejected',
    'published once',
    effects.published.map((one) => one.detailType).join(),
  );
  const { detail = {} } = event ?? {};
  expect(detail['code'] === code, 'published as kept', `published ${String(detail['code'])}, kept ${code}`);
  expect(detail['path'] === path, 'published as kept', `published ${String(detail['path']).slice(0, 100)}, kept ${path?.slice(0, 100)}`);
  expect(detail['messageId'] === 'message-0', 'published as kept', `published as ${String(detail['messageId'])}`);
  expect(detail['bodySha256'] === createHash('sha256').update(body).digest('hex'), 'published as kept', 'of a different body');
  const message = `${reason} ${String(detail['message'])}`;
  const isSilent = mayQuote(code, path)
    ? [...message.matchAll(/"([^"]*)"/g)].every(([, quoted]) => /^[0-9A-Za-z._+-]{1,64}$/.test(String(quoted)))
    : !/neverlog|3HL4kqt|app\.bin/.test(message);
  expect(isSilent, 'no value in a reason', message.slice(0, 200));
  judgeNothingDone(effects, expect);
  return { code };
}

/** Whether a reason may quote harmless text of the message: a version that is not SemVer, or a name that channels.yml does not have. */
function mayQuote(code: string | undefined, path: string | undefined): boolean {
  return path === 'version' || code === 'UNKNOWN_CHANNEL' || code === 'UNKNOWN_PRODUCT';
}

/** Judges that nothing was claimed, locked, written or created. */
export function judgeNothingDone({ rows, locks, created, documents }: Effects, expect: Expect): void {
  expect(rows.length === 0, 'nothing claimed', `${rows.length} items written to the ledger`);
  expect(locks.length === 0, 'nothing claimed', `${locks.length} locks taken`);
  expect(documents.length === 0, 'nothing created', `${documents.length} documents written`);
  expect(created.length === 0, 'nothing created', `${created.length} creates sent`);
}
