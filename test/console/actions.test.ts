import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionInput, ActionName, ActionResult, Failure, Preview } from '../../console/api.ts';
import { consoleApp } from '../../console/server/app.ts';
import { cookieOf } from '../../console/server/guards.ts';
import { actionsRoutes } from '../../console/server/routes/actions.ts';
import { makeKeys } from '../../console/server/session.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { configurationOf } from '../../operator/stage/configuration.ts';
import { openStage } from '../../operator/stage/stage.ts';
import type { Sandbox } from '../../proof/stage/sandbox.ts';
import { hasSettled, openStageInTime, SOURCE, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { channelYaml } from '../support/channel-yaml.ts';
import { pageHeaders } from './visitor.ts';

/*
 * The console steers releases, against the real handlers in virtual time. Time passes only between the requests.
 */

const channel = (product: string, name: string, more = '') =>
  channelYaml(name, { group: `${product}-${name}`, targetSelection: 'CONTINUOUS', more });
const channels = `
artifactBuckets: [acme-firmware]
products:
  lock:
    sources: [${SOURCE}]
    approvers: [com.acme.release-board, com.acme.fleet-health]
    channels:${channel('lock', 'beta')}${channel('lock', 'stable', 'approval: { required: 1, skip: [] }')}${channel('lock', 'fleet', 'approval: { required: 2, skip: [] }')}
  valve:
    sources: [${SOURCE}]
    channels:${channel('valve', 'beta')}
`;
const folder = mkdtempSync(join(tmpdir(), 'ota-console-actions-'));
const file = join(folder, 'channels.yml');
writeFileSync(file, channels);

let stage: StageInTime;
let sandbox: Sandbox;
let endpoint = '';
let stop: () => Promise<void>;
beforeAll(async () => {
  stage = await openStageInTime({ channels });
  ({ endpoint, stop } = await stage.aws.listen());
  sandbox = stage.sandbox();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stop();
  await stage.stop();
});

const PORT = 4567;

/** A console on the stage, and the request that its page sends. */
function openConsole({ isReadOnly = false } = {}) {
  const opened = openStage({ stage: 'local', endpoint });
  const keys = makeKeys();
  const context = { stage: opened, isReadOnly, configuration: () => configurationOf(opened, file), now: Date.now };
  const app = consoleApp(context, {
    ...{ keys, port: PORT, assets: { get: () => undefined }, report: () => undefined, routes: [actionsRoutes] },
    session: () => Promise.reject(new Error('nobody asks for it')),
  });
  const cookie = `${cookieOf(PORT)}=${keys.open(keys.token)}`;
  return async (path: string, input: unknown) => {
    const headers = { ...pageHeaders(PORT, keys.csrf), host: `127.0.0.1:${PORT}`, cookie };
    const response = await app.request(`http://127.0.0.1:${PORT}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(input) });
    return { status: response.status, body: (await response.json()) as unknown };
  };
}

async function consume(): Promise<void> {
  for (const queue of ['steering', 'releases', 'follow-ups'] as const) while ((await stage.poll(queue, sandbox)) > 0);
}

/** Does `work`, and lets the service consume its queues meanwhile. AWS needs time to cancel a job, so `step` (ms) may pass again and again. */
async function served<T>(work: Promise<T>, step = 0): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await consume();
    stage.advance(step);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  stage.advance(1_000);
  return done;
}

const preview = async <N extends ActionName>(name: N, input: ActionInput[N], send = openConsole()) =>
  (await send(`preview/${name}`, input)).body as Preview;
const carryOut = async <N extends ActionName>(name: N, input: ActionInput[N], send = openConsole(), step = 0) =>
  (await served(send(`actions/${name}`, input), step)).body as ActionResult;
const refused = async (path: string, input: unknown, send = openConsole()) => {
  const { status, body } = await send(path, input);
  return { status, ...(body as Failure).error };
};

/** Publishes a release, and lets time pass until nothing goes on but waiting. */
async function publish(product: string, version: string, to: readonly string[]): Promise<void> {
  await stage.publish({ product, version, channels: to, artifacts: [await stage.artifact(`${product}/${version}`)] });
  await stage.settle(sandbox, (row) => row.state === 'WAITING' || row.waits !== undefined || hasSettled(row));
}
/** Lets the sweep look at what is live, so that the ledger has the counts of devices. */
async function look(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    stage.advance(5 * 60_000);
    await stage.sweepWhenDue(sandbox);
    await consume();
  }
}
const row = async (name: string): Promise<Rollout | undefined> =>
  (await stage.rows()).find(({ product, version, channel: of }) => `${product} ${version} ${of}` === name);
const approvalsOf = async (version: string) => (await stage.table.approvals('lock', version)).list;

describe('an action', () => {
  it.each<[string, string, unknown, RegExp]>([
    [
      'a member that it does not have',
      'preview/hold',
      { product: 'lock', reason: 'why', force: true },
      /a member that the action does not have/,
    ],
    ['a missing member', 'preview/hold', { product: 'lock' }, /^reason: /],
    ['a number for a text', 'preview/deny', { product: 'lock', version: 1, channel: 'stable' }, /^version: /],
    ['a text that is too long', 'actions/hold', { product: 'lock', reason: 'x'.repeat(4_001) }, /^reason: /],
    ['more channels than there can be', 'preview/hold', { product: 'lock', reason: 'why', channels: Array(201).fill('a') }, /^channels: /],
    ['a reason that the service would reject', 'actions/hold', { product: 'lock', reason: '' }, /^reason: /],
    [
      'an unknown part of a gate',
      'preview/approve',
      { product: 'lock', version: '1.0.0', channel: 'stable', skip: ['soak'] },
      /^skip\.0: /,
    ],
    ['an unknown product', 'preview/hold', { product: 'lcok', reason: 'why' }, /did you mean lock\?/],
    ['an unknown version', 'preview/withdraw', { product: 'lock', version: '9.9.9' }, /has no rollout of version "9\.9\.9"/],
    ['a time that cannot be read', 'preview/hold', { product: 'lock', reason: 'why', until: 'soon' }, /^until: must be an instant/],
    ['an unknown action', 'preview/constructor', {}, /^there is no action "constructor": there are publish, /],
  ])('is refused with %s', async (_what, path, input, message) => {
    expect(await refused(path, input)).toMatchObject({ status: 400, code: 'INVALID', message: expect.stringMatching(message) });
  });

  it.each(['preview', 'actions'])('is refused by a console that is read-only: %s', async (step) => {
    const answer = await refused(`${step}/hold`, { product: 'lock', reason: 'why' }, openConsole({ isReadOnly: true }));
    expect(answer).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await stage.table.holds('lock')).holds.held).toEqual([]);
  });

  const message = 'User: arn:aws:sts::000000000000:assumed-role/dev/kim is not authorized to perform: events:PutEvents';
  it.each([
    ['the call', () => Promise.reject(Object.assign(new Error(message), { name: 'AccessDeniedException' }))],
    ['the entry', async () => ({ Entries: [{ ErrorCode: 'AccessDeniedException', ErrorMessage: message }] })],
  ])('says which role may do what AWS does not permit the caller, if it refuses %s', async (_what, refuse) => {
    const sent = openStage({ stage: 'local', endpoint });
    sent.eventbridge.send = refuse;
    const context = { stage: sent, isReadOnly: false, configuration: () => configurationOf(sent, file), now: Date.now };
    const app = actionsRoutes(context);
    const response = await app.request('/actions/hold', { method: 'POST', body: JSON.stringify({ product: 'lock', reason: 'why' }) });
    expect(await response.json()).toEqual({
      isDone: false,
      message: 'AWS does not permit arn:aws:sts::000000000000:assumed-role/dev/kim to publish Firmware Channel Held on firmware-local.',
      lines: [
        'The role ota-dispatch-local-us-east-1-operator (OperatorRole) may publish it.',
        'Start a console with the credentials of that role.',
      ],
    });
  });
});

describe('approve', () => {
  const asked = { product: 'lock', version: '1.0.0', channel: 'stable' };
  beforeAll(() => publish('lock', '1.0.0', ['beta', 'stable', 'fleet']));

  it('shows the content, the frozen request, the evidence, and what the approval would let through', async () => {
    const { documents, ...shown } = await preview('approve', asked);
    const digest = (await row('lock 1.0.0 stable'))?.releaseDigest;
    expect(shown).toEqual({
      title: 'Approve lock 1.0.0 for stable',
      lines: [
        'You approve as the source com.acme.release-board.',
        'With this approval 1 of 1 are given and nothing is missing: CreateOTAUpdate is sent to arn:aws:iot:us-east-1:000000000000:thinggroup/lock-stable.',
      ],
      warnings: [],
      refusals: [],
      bind: { revision: 1, releaseDigest: digest },
    });
    expect(documents).toMatchObject([
      { label: 'Digest', value: digest },
      { label: 'Release', value: { version: '1.0.0' } },
      { label: 'Request', value: { operation: 'CreateOTAUpdate', request: { targets: [expect.stringContaining('lock-stable')] } } },
      {
        label: 'Evidence',
        value: { gate: { approval: { required: 1 } }, seen: ['gate: 1 approval'], approvals: [], waitingFor: ['APPROVAL'] },
      },
      {
        label: 'Event',
        value: { source: 'com.acme.release-board', 'detail-type': 'Firmware Release Approved', detail: { releaseDigest: digest } },
      },
    ]);
    expect(await approvalsOf('1.0.0')).toEqual([]);
  });

  it('is refused without what the preview said', async () => {
    expect(await refused('actions/approve', asked)).toMatchObject({ code: 'INVALID', message: expect.stringContaining('preview') });
  });

  it('is refused for different content than the preview showed', async () => {
    const answer = await carryOut('approve', { ...asked, revision: 1, releaseDigest: 'ab'.repeat(32) });
    expect(answer).toMatchObject({ isDone: false, message: expect.stringMatching(/differs from what was shown/) });
    expect(answer).not.toHaveProperty('eventId');
    expect(await approvalsOf('1.0.0')).toEqual([]);
  });

  it('is refused to the source that publishes, with the sources that may', async () => {
    const own = { ...asked, source: SOURCE };
    const { refusals, bind } = await preview('approve', own);
    expect(refusals).toEqual([
      `The approval is refused: ${SOURCE} publishes releases of lock, and nobody may approve their own.`,
      'These sources may approve it: com.acme.release-board, com.acme.fleet-health.',
    ]);
    expect(await carryOut('approve', { ...own, ...bind })).toMatchObject({ isDone: false, message: refusals[0] });
    expect(await approvalsOf('1.0.0')).toEqual([]);
  });

  it('counts, and answers where it shows', async () => {
    const { bind } = await preview('approve', asked);
    const answer = await carryOut('approve', { ...asked, ...bind, comment: 'Tested on 40 doors' });
    expect(answer).toMatchObject({
      isDone: true,
      message: expect.stringMatching(/^The approval counts: the gate has opened with an approval of this source; stable CREAT/),
      eventId: expect.any(String),
      href: '/releases/lock/1.0.0/1/stable',
    });
    expect(await approvalsOf('1.0.0')).toMatchObject([{ comment: 'Tested on 40 doors', releaseDigest: bind?.releaseDigest }]);
  });

  it('sends nothing a second time, and has nothing left to confirm', async () => {
    const { bind, refusals } = await preview('approve', asked);
    expect(refusals).toEqual([expect.stringMatching(/^Nothing is left to do: the gate of stable opened /)]);
    const again = await carryOut('approve', { ...asked, ...bind });
    expect(again.isDone).toBe(true);
    expect(again).not.toHaveProperty('eventId');
    expect(await approvalsOf('1.0.0')).toHaveLength(1);
  });

  it('counts from two consoles at once: for two sources twice, and for one source once', async () => {
    const fleet = { ...asked, channel: 'fleet' };
    const { bind } = await preview('approve', fleet);
    const board = { ...fleet, ...bind };
    const both = await Promise.all([carryOut('approve', board, openConsole()), carryOut('approve', board, openConsole())]);
    expect(both).toMatchObject([
      { isDone: true, message: expect.stringContaining('1 of 2 approvals') },
      { isDone: true, message: expect.stringContaining('1 of 2 approvals') },
    ]);
    expect(await row('lock 1.0.0 fleet')).toMatchObject({ state: 'WAITING' });
    const { documents } = await preview('approve', { ...board, source: 'com.acme.fleet-health' });
    const given = { by: expect.objectContaining({ source: 'com.acme.release-board' }), at: expect.stringMatching(/Z$/) };
    expect(documents).toContainEqual({
      label: 'Evidence',
      value: expect.objectContaining({ approvals: [expect.objectContaining(given), expect.objectContaining(given)] }),
    });
    const health = await carryOut('approve', { ...board, source: 'com.acme.fleet-health' });
    expect(health).toMatchObject({ isDone: true, message: expect.stringMatching(/the gate has opened/) });
    expect((await row('lock 1.0.0 fleet'))?.opened?.approvals.map(({ by }) => by.source)).toEqual([
      'com.acme.release-board',
      'com.acme.fleet-health',
    ]);
  });
});

describe('deny', () => {
  const asked = { product: 'lock', version: '1.1.0', channel: 'stable' };
  beforeAll(() => publish('lock', '1.1.0', ['stable']));

  it('shows what becomes of the rollout, and that nobody can undo it', async () => {
    const shown = await preview('deny', asked);
    expect(shown).toMatchObject({
      title: 'Deny lock 1.1.0 for stable',
      lines: [
        'The denial withdraws revision 1 from stable with the reason code DENIED, as the source com.acme.release-board.',
        'stable WAITING: never starts',
      ],
      warnings: ['Nobody can undo a denial. A later revision needs its own approval.'],
      bind: { revision: 1 },
    });
  });

  it('withdraws this revision from this channel', async () => {
    const answer = await carryOut('deny', { ...asked, revision: 1, comment: 'Motor stalls' });
    expect(answer).toMatchObject({ isDone: true, message: 'The release is denied.', lines: ['stable: WITHDRAWN'] });
    const { list } = await stage.table.withdrawals('lock', '1.1.0');
    expect(list).toMatchObject([{ revision: 1, channels: ['stable'], reasonCode: 'DENIED', comment: 'Motor stalls' }]);
  });
});

describe('hold and resume', () => {
  beforeAll(async () => {
    await publish('lock', '2.0.0', ['beta', 'stable']);
    await look();
  });

  it('shows what a hold keeps and what goes on all the same, without a scan of the ledger', async () => {
    stage.aws.faults.add({ kind: 'outage', service: 'dynamodb', operation: 'Scan' });
    const shown = await preview('hold', { product: 'lock', channels: ['beta', 'stable'], reason: 'Doors stay open', until: '6h' });
    stage.aws.faults.clear();
    expect(shown).toMatchObject({
      title: 'Hold lock on beta, stable',
      warnings: ['A hold does not stop what AWS has already. Only a withdrawal does.'],
      refusals: [],
      bind: { holdId: expect.stringMatching(/^hold-/), until: expect.stringMatching(/Z$/) },
    });
    expect(shown.lines).toContain(`Nothing new is created for lock on beta, stable until ${shown.bind?.until}.`);
    expect(shown.lines).toContain('Waits: lock 2.0.0 stable WAITING.');
    expect(shown.lines).toContainEqual(expect.stringMatching(/^Goes on all the same: lock 2\.0\.0 beta CREATED \(10 succeeded\)\.$/));
    expect((await stage.table.holds('lock')).holds.held).toEqual([]);
  });

  it('holds once, however often a person clicks', async () => {
    const asked = { product: 'lock', reason: 'Doors stay open', holdId: 'doors' };
    const twice = [await carryOut('hold', asked), await carryOut('hold', asked)];
    expect(twice).toMatchObject([
      { isDone: true, message: expect.stringMatching(/^Held: nothing new is created for lock on every channel/) },
      { isDone: true },
    ]);
    expect((await stage.table.holds('lock')).holds.held).toMatchObject([{ holdId: 'doors' }]);
  });

  it.each(['0m', '2020-01-01T00:00:00Z'])('does not set a hold that would have ended already: until %s', async (until) => {
    const asked = { product: 'lock', reason: 'Doors stay open', holdId: 'too-late', until };
    expect((await preview('hold', asked)).refusals).toEqual([expect.stringMatching(/^The hold would end at \S+, and that has passed\./)]);
    expect(await carryOut('hold', asked)).toMatchObject({ isDone: false, message: expect.stringMatching(/^The hold would end at/) });
    expect((await stage.table.holds('lock')).holds.held).toMatchObject([{ holdId: 'doors' }]);
  });

  it('shows which holds end, and what each rollout waits for then', async () => {
    const shown = await preview('resume', { product: 'lock', holdIds: ['doors'] });
    expect(shown).toMatchObject({
      title: 'Resume lock: end doors',
      lines: [
        expect.stringMatching(/^Hold doors ends on every channel: Doors stay open \(since /),
        'lock 2.0.0 stable then: 0 of 1 approvals.',
      ],
      refusals: [],
    });
  });

  it('refuses a source that may not resume', async () => {
    const { refusals } = await preview('resume', { product: 'lock', holdIds: ['doors'], source: SOURCE });
    expect(refusals).toEqual([expect.stringMatching(/^The source .* may not do that: only a source in approvers may end a hold/)]);
    const answer = await carryOut('resume', { product: 'lock', holdIds: ['doors'], source: SOURCE });
    expect(answer).toMatchObject({ isDone: false, rejected: { code: 'SOURCE_NOT_ALLOWED', path: 'source' }, eventId: expect.any(String) });
  });

  it('ends only the holds that the person saw', async () => {
    await carryOut('hold', { product: 'lock', reason: 'Later', holdId: 'later' });
    const answer = await carryOut('resume', { product: 'lock', holdIds: ['doors'] });
    expect(answer).toMatchObject({ isDone: true, message: 'Resumed: doors.', href: '/' });
    expect((await stage.table.holds('lock')).holds.held).toMatchObject([{ holdId: 'later' }]);
  });

  it('has nothing to confirm for a hold that was ended before', async () => {
    const { refusals } = await preview('resume', { product: 'lock', holdIds: ['doors'] });
    expect(refusals).toEqual([expect.stringMatching(/^Hold doors was ended before, /)]);
    await carryOut('resume', { product: 'lock', holdIds: ['later'] });
    // The name of a product keeps its small letter.
    expect((await preview('resume', { product: 'lock', holdIds: ['unknown'] })).refusals).toEqual(['lock has no hold to end.']);
  });
});

describe('withdraw', () => {
  const asked = { product: 'lock', version: '2.0.0' };

  it('shows which rollouts stop and which devices keep the update, and asks for the version', async () => {
    const shown = await preview('withdraw', asked);
    expect(shown).toMatchObject({
      title: 'Withdraw lock 2.0.0 in every revision from every channel',
      mustType: '2.0.0',
      warnings: [expect.stringContaining('Nobody can undo a withdrawal.')],
    });
    expect(shown.lines).toContain('stable WAITING: never starts');
    expect(shown.lines).toContainEqual(expect.stringMatching(/^On beta, 10 devices already have the update and keep it\.$/));
    expect((await stage.table.withdrawals('lock', '2.0.0')).list).toEqual([]);
  });

  it.each([[undefined], ['2.0'], ['lock']])('is refused if the person typed %j', async (confirm) => {
    const answer = await refused('actions/withdraw', { ...asked, confirm });
    expect(answer).toMatchObject({ status: 400, code: 'INVALID', message: expect.stringContaining('confirm') });
    expect((await stage.table.withdrawals('lock', '2.0.0')).list).toEqual([]);
  });

  it('withdraws when the version was typed', async () => {
    const answer = await carryOut('withdraw', { ...asked, confirm: '2.0.0' }, openConsole(), 100);
    expect(answer).toMatchObject({
      isDone: true,
      href: '/releases/lock/2.0.0',
      lines: [expect.stringMatching(/^beta: WITHDR/), 'stable: WITHDRAWN'],
    });
    expect((await stage.table.withdrawals('lock', '2.0.0')).list).toHaveLength(1);
  });
});

describe('an answer that does not come', () => {
  it('is a result: the event is published and goes on', async () => {
    const send = openConsole();
    const answered = send('actions/hold', { product: 'valve', reason: 'why', holdId: 'slow' });
    const ticking = setInterval(() => stage.advance(5_000), 20);
    const { body } = await answered.finally(() => clearInterval(ticking));
    expect(body).toMatchObject({
      isDone: false,
      isPending: true,
      message: 'The hold is published, and the service has not answered yet. It goes on.',
      eventId: expect.any(String),
      href: '/',
    });
  });
});
