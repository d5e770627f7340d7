import { isDeepStrictEqual } from 'node:util';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { Effects } from './aws/effects.ts';
import { history, NOW } from './configuration.ts';
import type { Expect } from './flaw.ts';
import { judgeNothingDone } from './judge-rejected.ts';
import { type Asked, judgeDocument, judgeJobDocument, judgeRequest } from './judge-request.ts';
import { instantOf } from './model/instant.ts';
import type { Expectation } from './model/message.ts';
import type { Detail } from './model/release.ts';
import { wireForm } from './model/requests.ts';

type OfRelease = Extract<Expectation, { kind: 'release' }>;
type Json = Readonly<Record<string, unknown>>;

const idMembers = { CreateOTAUpdate: 'otaUpdateId', CreateJob: 'jobId', CreateOtaTask: 'ClientToken' } as const;

/** Judges an accepted release: it has a row for each channel with the request that the contract asks for, and no other create. */
export function judgeRelease(word: string, expected: OfRelease, effects: Effects, expect: Expect): void {
  expect(word === 'dispatched', 'the right word', `${word} of a new release`);
  expect(effects.kept.length === 0, 'accepted only', 'kept as rejected as well');
  const rows = lastRows(effects);
  expect(rows.size === expected.asked.size, 'a row for each channel', `${rows.size} rows for ${expected.asked.size} channels`);
  for (const [name, asked] of expected.asked) {
    const row = rows.get(name);
    expect(row !== undefined, 'a row for each channel', `${name} has none`);
    if (row !== undefined) judgeRow(row, expected.detail, asked, effects, expect);
  }
  const requests = [...rows.values()].map(({ request }) => request);
  for (const { operation, input } of effects.created) {
    const wire = wireForm(input);
    const isAccepted = requests.some((request) => isDeepStrictEqual(request, wire));
    expect(isAccepted, 'creates what was accepted', `${operation} of another request`);
  }
}

function judgeRow(row: Rollout, release: Detail, asked: Asked, effects: Effects, expect: Expect): void {
  const { operation } = asked;
  judgeRequest(row.request, asked, expect);
  expect(/^fw-[a-z0-9_-]*[0-9a-f]{32}$/.test(row.rolloutId) && row.rolloutId.length <= 54, 'ids', row.rolloutId);
  const idMember = idMembers[operation];
  const id = row.request[idMember];
  expect(id === `${row.rolloutId}-1`, 'ids', `${idMember} ${String(id)} of ${row.rolloutId}`);
  const notAfter = release['notAfter'] === undefined ? undefined : instantOf(String(release['notAfter']));
  expect(row.notAfter === notAfter, 'notAfter', `${String(row.notAfter)} in the row, ${String(notAfter)} in the release`);
  expect(row.correlationId === release['correlationId'], 'correlationId', 'another one in the row');
  const sent = effects.created.filter(({ input }) => input[idMember] === id).length;
  const { approval, after } = asked.channel;
  const onItsWay = approval !== undefined || after !== undefined ? ['WAITING', 'SUPERSEDED'] : ['CREATING', 'CREATED', 'SUPERSEDED'];
  expect(onItsWay.includes(row.state), 'on its way', `${row.channel} is ${row.state}`);
  const isCreated = row.state === 'CREATING' || row.state === 'CREATED';
  expect(sent === (isCreated ? 1 : 0), 'one create', `${sent} creates of ${row.channel}, which is ${row.state}`);
  if (operation === 'CreateOtaTask') judgeDocument(row, release, asked, effects, expect);
  if (operation === 'CreateJob') judgeJobDocument(row, release, asked, expect);
}

/** The last row that was written for each channel of this message. Rows of the history can be written too. */
function lastRows({ rows }: Effects): Map<string, Rollout> {
  const texts = new Map<string, string>();
  for (const { pk, sk, rollout } of rows) {
    if (sk?.S?.startsWith('ROLLOUT#')) texts.set(`${pk?.S} ${sk.S}`, rollout?.S ?? '{}');
  }
  const last = [...texts.values()].map((text) => JSON.parse(text) as Rollout).filter(({ messageId }) => messageId === 'message-0');
  return new Map(last.map((row) => [row.channel, row]));
}

/** Judges a release that was accepted before: one event says so, and nothing else happens. */
export function judgeDuplicate(word: string, effects: Effects, expect: Expect): void {
  expect(word === 'duplicate', 'the right word', `${word} of a release that was accepted before`);
  expect(typesOf(effects) === 'OTA Release Duplicate', 'published once', typesOf(effects));
  judgeNothingDone(effects, expect);
}

/** Judges a dry run: its event has the exact requests or the reasons, and nothing else happens. */
export function judgeDryRun(word: string, expected: OfRelease, effects: Effects, expect: Expect): void {
  expect(word === 'dispatched', 'the right word', `${word} of a dry run`);
  expect(typesOf(effects) === 'OTA Release Planned', 'published once', typesOf(effects));
  judgeNothingDone(effects, expect);
  const { rollouts = [], rejections = [] } = (effects.published[0]?.detail ?? {}) as {
    rollouts?: readonly Json[];
    rejections?: readonly Json[];
  };
  const wanted = [...new Set(expected.codes)].join(' or ') || 'a plan';
  const [first] = rejections;
  if (first) {
    const isExpected = [...expected.codes, ...expected.perhaps].some((code) => code === first['code']);
    expect(isExpected, 'rejected with reason', `a dry run says ${String(first['code'])}, expected was ${wanted}`);
    return;
  }
  expect(expected.codes.length === 0, 'accepted only what is valid', `a dry run says nothing, expected was ${wanted}`);
  const named = expected.detail['channels'] as readonly string[];
  const planned = rollouts.map(({ channel }) => channel);
  expect(isDeepStrictEqual(planned, named), 'a row for each channel', `${planned.join()} planned, ${named.join()} asked for`);
  for (const { channel, input } of rollouts) {
    const asked = expected.asked.get(String(channel));
    expect(asked !== undefined, 'a row for each channel', `${String(channel)} was not asked for`);
    if (asked) judgeRequest(input as Json, asked, expect);
  }
}

/** Judges a withdrawal: it is published, nothing is created, and it is in the ledger unless an earlier one covers it. */
export function judgeWithdrawal(word: string, detail: Detail, effects: Effects, expect: Expect): void {
  expect(word === 'dispatched', 'the right word', `${word} of a withdrawal`);
  expect(effects.published.at(-1)?.detailType === 'OTA Release Withdrawn', 'published once', typesOf(effects));
  expect(effects.created.length === 0 && effects.kept.length === 0, 'nothing created', 'a withdrawal creates');
  const written = effects.rows.filter((row) => row['sk']?.S === 'WITHDRAWALS').map((row) => row['withdrawals']?.S ?? '[]');
  const remembered = written.flatMap((text) => JSON.parse(text) as Json[]);
  const { version, revision, channels, force = false, reasonCode, comment } = detail;
  const isIt = (one: Json) =>
    isDeepStrictEqual(
      [one['version'], one['revision'], one['channels'], one['force'], one['reasonCode'], one['comment'], one['at']],
      [version, revision, channels, force, reasonCode, comment, NOW],
    );
  if (earlierSaysAsMuch(detail))
    expect(written.length === 0, 'withdrawals are remembered', 'once more, though an earlier one says as much');
  else expect(remembered.some(isIt), 'withdrawals are remembered', `not as it was sent: ${written.join().slice(0, 200)}`);
}

/** Withdrawals of the history do not force anything. */
function earlierSaysAsMuch({ product, version, revision, channels, force = false }: Detail): boolean {
  return history.some(
    ({ kind, detail: one }) =>
      kind === 'withdrawal' &&
      force === false &&
      one['product'] === product &&
      one['version'] === version &&
      (one['revision'] === undefined || one['revision'] === revision) &&
      (one['channels'] === undefined ||
        (Array.isArray(channels) && channels.every((channel) => (one['channels'] as unknown[]).includes(channel)))),
  );
}

function typesOf(effects: Effects): string {
  return effects.published.map(({ detailType }) => detailType).join();
}
