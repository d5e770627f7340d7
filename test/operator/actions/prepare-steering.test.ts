import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gate } from '../../../domain/gate/gate.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import { type AskedApproval, prepareApproval } from '../../../operator/actions/approve.ts';
import { prepareDenial } from '../../../operator/actions/deny.ts';
import { heldBy, heldLine, holdOf, prepareHold, timeOf } from '../../../operator/actions/hold.ts';
import { nothingToEnd, prepareResume } from '../../../operator/actions/resume.ts';
import { prepareWithdrawal } from '../../../operator/actions/withdraw.ts';
import { type Configuration, configurationOf } from '../../../operator/stage/configuration.ts';
import { openStage, type Stage } from '../../../operator/stage/stage.ts';
import { deviceSentences } from '../../../operator/words/withdrawal-words.ts';
import { startTestAws, type TestAws } from '../../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../../proof/stage/tables.ts';
import { anApproval, aRollout, minutes, now, someCounts } from '../../../proof/support/a-rollout.ts';
import { UsageError } from '../../../scripts/command.ts';
import { channelYaml } from '../../support/channel-yaml.ts';

const channel = (name: string, more = '') => channelYaml(name, { more });
const channels = `
artifactBuckets: [acme-firmware]
products:
  thermostat:
    sources: [com.acme.ci]
    approvers: [com.acme.release-board, com.acme.fleet-health]
    channels:${channel('beta')}${channel('stable', 'approval: { required: 2 }')}
`;
const gate: Gate = { approval: { required: 2, skip: ['soakMinutes'] } };
const stable = (changes: Partial<Rollout> = {}) => aRollout({ channel: 'stable', state: 'WAITING', gate, ...changes });

let aws: TestAws;
let stage: Stage;
let configuration: Configuration;
const folder = mkdtempSync(join(tmpdir(), 'ota-actions-'));
beforeAll(async () => {
  const file = join(folder, 'channels.yml');
  writeFileSync(file, channels);
  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  await createTable(aws.dynamodb, ledgerTable('ota-dispatch-local-ledger'));
  configuration = await configurationOf(stage, file);
  for (const row of [
    aRollout({ version: '2.0.0', state: 'CREATED', attempt: 1, counts: someCounts({ queued: 3, inProgress: 1, succeeded: 6 }) }),
    stable({ version: '2.0.0' }),
    stable({ version: '2.0.0', revision: 2 }),
    stable({ version: '2.1.0', state: 'COMPLETED' }),
  ])
    await stage.ledger.claim(row);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.stop();
});

const asked = { product: 'thermostat', version: '2.0.0', channel: 'stable' };
const prepared = (changes: Partial<AskedApproval> = {}, source?: string) =>
  prepareApproval(stage, configuration, { ...asked, ...changes }, source);
const detailOf = ({ event }: { event: { detail: string } }) => JSON.parse(event.detail) as unknown;

describe('an approval', () => {
  it('is of the highest revision on the channel, of the content in the ledger, and of the first approver', async () => {
    const approval = await prepared({ comment: 'why' });
    expect(approval.event).toMatchObject({ source: 'com.acme.release-board', detailType: 'Firmware Release Approved' });
    expect(detailOf(approval)).toEqual({
      ...{ product: 'thermostat', version: '2.0.0', revision: 2, channels: ['stable'] },
      ...{ releaseDigest: 'd1'.repeat(32), comment: 'why' },
    });
    expect(approval.consequences).toEqual([
      expect.stringMatching(/^with this approval 1 of 2 are given; what is left: 1 of 2 approvals; then /),
    ]);
  });

  it.each([
    ['the source that publishes', {}, 'com.acme.ci', ['com.acme.release-board', 'com.acme.fleet-health']],
    ['a part that the channel does not let it skip', { skip: ['after'], comment: 'why' }, undefined, []],
  ])('is refused for %s, and nothing follows from it', async (_what, changes, source, sources) => {
    expect(await prepared(changes, source)).toMatchObject({ refusal: { sources }, settled: undefined, consequences: [] });
  });

  it('is settled where nothing is left to approve, and where no approval is asked for', async () => {
    expect((await prepared({ version: '2.1.0' })).settled).toMatchObject({ counted: false, why: expect.stringContaining('COMPLETED') });
    expect((await prepared({ channel: 'beta' })).settled).toMatchObject({ counted: false, why: expect.stringContaining('no approval') });
  });

  it('is settled if the source has approved this content before', async () => {
    const { list, itemRevision } = await stage.ledger.approvals('thermostat', '2.0.0');
    const before = anApproval({ by: { account: '000000000000', source: 'com.acme.release-board' } });
    await stage.ledger.writeApprovals('thermostat', '2.0.0', { itemRevision, list: [...list, before] });
    expect((await prepared({ revision: 1 })).settled).toMatchObject({ counted: true });
    expect((await prepared({ revision: 1, skip: ['soakMinutes'], comment: 'why' })).settled).toBeUndefined();
    expect((await prepared({ revision: 1 }, 'com.acme.fleet-health')).settled).toBeUndefined();
  });

  it.each([
    ['an unknown version', { version: '9.0.0' }],
    ['an unknown revision', { revision: 3 }],
    ['an unknown channel', { channel: 'gold' }],
    ['an unknown product', { product: 'toaster' }],
    ['a part without a comment', { skip: ['soakMinutes'] }],
  ])('throws UsageError for %s', async (_what, changes) => {
    await expect(prepared(changes)).rejects.toThrow(UsageError);
  });
});

describe('a denial', () => {
  it('is the withdrawal of one revision from one channel', async () => {
    const denial = await prepareDenial(stage, configuration, { ...asked, comment: 'no' }, undefined);
    expect(denial.event.source).toBe('com.acme.release-board');
    expect(detailOf(denial)).toEqual({
      ...{ product: 'thermostat', version: '2.0.0', revision: 2, channels: ['stable'], reasonCode: 'DENIED', comment: 'no' },
    });
  });
});

describe('a hold', () => {
  const hold = holdOf({ product: 'thermostat', reason: 'why', channels: ['beta', 'stable'] }, now);

  it('has an id made of the time, and a random end', () => {
    expect(hold.holdId).toMatch(/^hold-20261123T120000Z-[0-9a-f]{4}$/);
  });

  it('keeps what AWS was not asked for, and lets go on what it was', async () => {
    const { waits, goesOn } = await heldBy(stage, hold);
    const name = ({ version, revision, channel: on }: Rollout) => `${version} r${revision} ${on}`;
    expect([waits.map(name), goesOn.map(name)]).toEqual([['2.0.0 r1 stable', '2.0.0 r2 stable'], ['2.0.0 r1 beta']]);
    expect(await heldBy(stage, holdOf({ product: 'thermostat', reason: 'why', channels: ['beta'] }, now))).toMatchObject({ waits: [] });
  });

  it('is refused for an unknown channel, and for a source that no product lists', () => {
    const of = (name: string) => holdOf({ product: 'thermostat', reason: 'why', channels: [name] }, now);
    expect(() => prepareHold(configuration, of('gold'), undefined)).toThrow(UsageError);
    expect(() => prepareHold(configuration, of('beta'), 'com.acme.nobody')).toThrow(UsageError);
  });

  it.each([
    ['30m', '2026-11-23T12:30:00.000Z'],
    ['2d', '2026-11-25T12:00:00.000Z'],
    ['2026-12-01T08:00:00Z', '2026-12-01T08:00:00Z'],
    ['soon', undefined],
    ['', undefined],
  ])('takes the time %j', (text, time) => {
    expect(timeOf(text, now)).toBe(time);
  });

  it('says whether it is active', () => {
    const recorded = { ...hold, by: { account: '000000000000', source: 'com.acme.ci' }, at: now, from: undefined, until: undefined };
    const { from: _from, until: _until, ...active } = recorded;
    expect(heldLine(hold, { held: [active], ended: [] }, now)).toMatch(/^held: /);
    expect(heldLine(hold, { held: [], ended: [] }, now)).toMatch(/^not held: /);
    expect(heldLine({ ...hold, from: '2026-11-24T00:00:00Z' }, { held: [], ended: [] }, now)).toMatch(/^not held yet: /);
  });
});

describe('a resume', () => {
  const by = { account: '000000000000', source: 'com.acme.ci' };
  beforeAll(async () => {
    const { itemRevision } = await stage.ledger.holds('thermostat');
    const one = { reason: 'why', by, at: now };
    const held = [
      { ...one, holdId: 'all' },
      { ...one, holdId: 'beta-alone', channels: ['beta'] },
      { ...one, holdId: 'over', until: now - minutes(1) },
    ];
    await stage.ledger.writeHolds('thermostat', { itemRevision, holds: { held, ended: [{ holdId: 'old', by, at: now }] } });
  });
  const resumed = (changes: object = {}) => prepareResume(stage, configuration, { product: 'thermostat', ...changes }, undefined);
  const idsOf = ({ events }: Awaited<ReturnType<typeof resumed>>) => events.map(({ holdId }) => holdId);

  it('ends every hold of the product that has not ended', async () => {
    expect(idsOf(await resumed())).toEqual(['all', 'beta-alone']);
  });

  it('ends only the holds of a channel alone, and names those that stay', async () => {
    const prepare = await resumed({ channel: 'beta' });
    expect([idsOf(prepare), prepare.stays.map(({ holdId }) => holdId)]).toEqual([['beta-alone'], ['all']]);
  });

  it('ends only the holds with these ids', async () => {
    const prepare = await resumed({ holdIds: ['all'], comment: 'fixed' });
    expect(prepare.events.map(detailOf)).toEqual([{ product: 'thermostat', holdId: 'all', comment: 'fixed' }]);
  });

  it('has nothing to end for a hold that was ended before, and says who did', async () => {
    const prepare = await resumed({ holdIds: ['old'] });
    expect(prepare.events).toEqual([]);
    expect(nothingToEnd(prepare)).toEqual([
      expect.stringMatching(/^hold old was ended before, .* by com\.acme\.ci, account 000000000000$/),
    ]);
  });

  it('throws UsageError for an id that no hold ever had', async () => {
    await expect(resumed({ holdIds: ['none'] })).rejects.toThrow(UsageError);
  });
});

describe('a withdrawal', () => {
  const withdrawal = { schemaVersion: '1', product: 'thermostat', version: '2.0.0', force: false };
  const prepare = (changes: object = {}, isAhead = false) =>
    prepareWithdrawal(stage, configuration, { ...withdrawal, ...changes }, { isAhead });

  it('has the rollouts in its scope, and sends only what was asked for', async () => {
    const { rows, event } = await prepare({ channels: ['stable'] });
    expect(rows.map(({ revision, channel: on }) => [revision, on])).toEqual([
      [1, 'stable'],
      [2, 'stable'],
    ]);
    expect(JSON.parse(event.detail)).toEqual({ product: 'thermostat', version: '2.0.0', channels: ['stable'] });
  });

  it('of what does not exist throws UsageError, unless it comes ahead of its release', async () => {
    await expect(prepare({ version: '9.0.0' })).rejects.toThrow(UsageError);
    expect(await prepare({ version: '9.0.0' }, true)).toMatchObject({ rows: [] });
    await expect(prepare({ version: '9.0.0', channels: ['gold'] }, true)).rejects.toThrow(UsageError);
  });

  it('says what becomes of the devices', async () => {
    const { rows } = await prepare({ channels: ['beta'] });
    expect(rows.flatMap(deviceSentences)).toEqual([
      'On beta, 6 devices already have the update and keep it.',
      'On beta, 1 device has begun the update and may finish it.',
      'On beta, 3 devices wait for the update and will not get it.',
    ]);
  });
});

describe('without a channels.yml', () => {
  const given = 'com.acme.ci';
  const withdrawal = { product: 'thermostat', version: '2.0.0', channels: ['stable'] };
  const force = { schemaVersion: '1', force: false };

  it('a hold, a resume, a withdrawal and a denial go to channels that the ledger or the service knows, from the source that was given', async () => {
    const hold = holdOf({ product: 'thermostat', channels: ['gold'], reason: 'r', holdId: 'h' }, now);
    expect(prepareHold(undefined, hold, given).event.source).toBe(given);
    expect((await prepareResume(stage, undefined, { product: 'thermostat', channel: 'gold' }, given)).source).toBe(given);
    const withdrawn = await prepareWithdrawal(stage, undefined, { ...force, ...withdrawal }, { isAhead: false, source: given });
    expect([withdrawn.event.source, withdrawn.rows.map((row) => row.channel)]).toEqual([given, ['stable', 'stable']]);
    expect((await prepareDenial(stage, undefined, asked, given)).event.source).toBe(given);
  });

  it('need a source, and channels that exist in the ledger where something is there to stop', async () => {
    const hold = holdOf({ product: 'thermostat', reason: 'r' }, now);
    expect(() => prepareHold(undefined, hold, undefined)).toThrow(
      new UsageError('a source is required where there is no channels.yml: pass --source, or --channels FILE'),
    );
    await expect(
      prepareWithdrawal(stage, undefined, { ...force, ...withdrawal, channels: ['gold'] }, { isAhead: false, source: given }),
    ).rejects.toThrow(UsageError);
    await expect(prepareDenial(stage, undefined, { ...asked, channel: 'gold' }, given)).rejects.toThrow(
      'thermostat has no channel "gold": the ledger has beta, stable',
    );
  });
});
