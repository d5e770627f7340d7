import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { Sandbox } from '../../proof/stage/sandbox.ts';
import { hasSettled, openStageInTime, SOURCE, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import type { Printed } from '../journey/command-line.ts';
import { channelYaml } from '../support/channel-yaml.ts';
import { otaInProcess } from './in-process.ts';

/*
 * The commands that steer a release, in this process, against the real handlers in virtual time. Time passes only between the commands.
 */

const channel = (product: string, name: string, more = '') => channelYaml(name, { group: `${product}-${name}`, more });
const channels = `
artifactBuckets: [acme-firmware]
products:
  lock:
    sources: [${SOURCE}]
    approvers: [com.acme.release-board, com.acme.fleet-health]
    channels:${channel('lock', 'beta')}${channel('lock', 'stable', 'after: { channel: beta, soakMinutes: 60 }\n        approval: { required: 1, skip: [soakMinutes] }')}
  valve:
    sources: [${SOURCE}, com.acme.valve-ci]
    channels:${channel('valve', 'beta')}${channel('valve', 'stable')}
`;
const folder = mkdtempSync(join(tmpdir(), 'ota-steering-'));
const file = join(folder, 'channels.yml');
writeFileSync(file, channels);

let stage: StageInTime;
let sandbox: Sandbox;
let stop: () => Promise<void>;
beforeAll(async () => {
  stage = await openStageInTime({ channels });
  const listening = await stage.aws.listen();
  stop = listening.stop;
  endpoint = listening.endpoint;
  sandbox = stage.sandbox();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stop();
  await stage.stop();
});
let endpoint = '';
beforeEach(() => vi.stubEnv('AWS_ENDPOINT_URL', endpoint));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function consume(): Promise<void> {
  for (const queue of ['steering', 'releases', 'follow-ups'] as const) while ((await stage.poll(queue, sandbox)) > 0);
}

/** Longer than any command takes here. The limits of the commands never pass, because no time does. */
const PATIENCE_MILLISECONDS = 30_000;

/** Types one line, with the channels.yml of the stage. The service consumes its queues meanwhile, and no time passes. */
async function type(line: string, ...more: readonly string[]): Promise<Printed> {
  const isReading = /^(?:status|rejected)/.test(line);
  let printed: Printed | undefined;
  const done = otaInProcess(...line.split(' '), ...more, ...(isReading ? [] : ['--channels', file])).then((answer) => {
    printed = answer;
  });
  const began = performance.now();
  while (printed === undefined) {
    if (performance.now() - began > PATIENCE_MILLISECONDS) throw new Error(`ota ${line} does not end`);
    await consume();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await done;
  // Otherwise the order of two holds would be that of their random event ids.
  stage.advance(1_000);
  return printed;
}
const json = async (line: string, ...more: readonly string[]) => JSON.parse((await type(line, ...more, '--json')).stdout);
const row = async (name: string): Promise<Rollout | undefined> =>
  (await stage.rows()).find(({ product, version, channel: of }) => `${product} ${version} ${of}` === name);

/** Publishes a release, and lets time pass until nothing goes on but waiting. */
async function publish(product: string, version: string, to: readonly string[]): Promise<void> {
  await stage.publish({ product, version, channels: to, artifacts: [await stage.artifact(`${product}/${version}`)] });
  await settle();
}

async function settle(): Promise<void> {
  await stage.settle(sandbox, (one) => one.state === 'WAITING' || one.waits !== undefined || (hasSettled(one) && one.state !== 'CREATED'));
}

/** Stands between the commands and AWS. Denies each request for which `isDenied` answers true, as IAM would, and ends with the test. */
async function denying(isDenied: (operation: string) => boolean): Promise<void> {
  const between = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    if (isDenied(operation)) {
      request.resume();
      response.writeHead(400).end(JSON.stringify({ __type: 'AccessDeniedException', message: `not allowed: ${operation}` }));
      return;
    }
    const { method, headers } = request;
    const passedOn = send(new URL(request.url ?? '/', endpoint), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passedOn);
  });
  await new Promise<void>((listening) => between.listen(0, '127.0.0.1', listening));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(between.address() as AddressInfo).port}`);
  onTestFinished(() => {
    between.closeAllConnections();
    between.close();
  });
}

describe('ota approve', () => {
  beforeAll(() => publish('lock', '1.0.0', ['beta', 'stable']));

  it('asks, so it needs a terminal or --yes', async () => {
    expect(await type('approve lock 1.0.0 stable')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ota approve: an approval needs a terminal to ask you, or --yes\n',
    });
  });

  it.each([
    ['approve lock 1.0.0 stbale --yes', 2, /lock has no channel "stbale": did you mean stable\? /],
    ['approve lock 1.1.0 stable --yes', 2, /lock has no accepted version "1\.1\.0": .* it has 1\.0\.0$/],
    ['approve lock 1.0.0 stable --revision 2 --yes', 2, /lock 1\.0\.0 has no accepted revision "2": it has 1$/],
    ['approve lcok 1.0.0 stable --yes', 2, /has no product "lcok": did you mean lock\? /],
    ['approve lock 1.0.0 stable --skip soak --yes', 2, /--skip takes after, soakMinutes, allowedTimes, not soak$/],
    ['approve lock 1.0.0 stable --skip soakMinutes --yes', 2, /^ota approve: comment: required with skip/],
    [
      'approve lock 1.0.0 stable --skip after --comment why --yes',
      1,
      /stable does not permit an approval to skip after: it permits soakMinutes$/,
    ],
    [
      `approve lock 1.0.0 stable --source ${SOURCE} --yes`,
      1,
      /publishes releases of lock, and nobody may approve their own: use --source with one of com\.acme\.release-board, com\.acme\.fleet-health$/,
    ],
  ])('publishes nothing for %s', async (line, status, stderr) => {
    const printed = await type(line);
    expect(printed).toMatchObject({ status, stdout: '', stderr: expect.stringMatching(new RegExp(stderr.source, 'm')) });
    expect((await stage.table.approvals('lock', '1.0.0')).list).toEqual([]);
  });

  it('does not count for a channel that asks for no approval', async () => {
    expect(await type('approve lock 1.0.0 beta --yes')).toMatchObject({
      status: 1,
      stdout: 'does not count: beta asks for no approval, and is COMPLETED (10 succeeded)\n',
    });
  });

  it('reports a rejection of the service with its code, and ends with 1', async () => {
    const printed = await type('approve lock 1.0.0 stable --source com.acme.valve-ci --yes --json');
    expect(printed.status).toBe(1);
    expect(JSON.parse(printed.stdout)).toMatchObject({
      eventId: expect.any(String),
      rejected: { code: 'SOURCE_NOT_ALLOWED', path: 'source' },
    });
    expect(printed.stderr).toMatch(/^ota approve: rejected: SOURCE_NOT_ALLOWED source: /);
  });

  it('publishes nothing if a person says no, after everything was shown', async () => {
    const { stdout, status } = await typedAtTerminal('approve lock 1.0.0 stable', 'n\n');
    expect(status).toBe(1);
    expect((await stage.table.approvals('lock', '1.0.0')).list).toEqual([]);
    const digest = (await row('lock 1.0.0 stable'))?.releaseDigest;
    for (const part of [
      'lock 1.0.0  accepted content\n',
      'lock 1.0.0 stable  WAITING  soaking until ',
      `    digest ${digest}\n`,
      '    COMPLETED on beta 10 of 10, 0 failed\n',
      '    request CreateOTAUpdate {\n',
      '\nwith this approval 1 of 1 are given; what is left: soaking until ',
      '; then CreateOTAUpdate is sent to arn:aws:iot:us-east-1:000000000000:thinggroup/lock-stable\n',
      '\nnothing was approved\n',
    ])
      expect(stdout).toContain(part);
  });

  it('counts, with the digest that was shown, and prints what is left', async () => {
    const { status, stdout } = await type('approve lock 1.0.0 stable --by kim --yes');
    expect(status).toBe(0);
    expect(stdout).toMatch(/\npublished the approval of lock 1\.0\.0 for stable as com\.acme\.release-board \(event [0-9a-f-]{36}\)\n/);
    expect(stdout).toMatch(/\ncounts: 1 of 1 approvals; stable WAITING: soaking until \d\d:\d\d UTC \(beta 10 of 10, 0 failed\)\n$/);
    const { list } = await stage.table.approvals('lock', '1.0.0');
    expect(list).toMatchObject([{ approvedBy: 'kim', releaseDigest: (await row('lock 1.0.0 stable'))?.releaseDigest }]);
  });

  it('counts once for one source, and publishes nothing the second time', async () => {
    const again = await json('approve lock 1.0.0 stable --yes');
    expect(again).toMatchObject({ counted: true, rollout: { channel: 'stable', waitingFor: ['SOAKING'] } });
    expect(again).not.toHaveProperty('eventId');
    expect((await stage.table.approvals('lock', '1.0.0')).list).toHaveLength(1);
  });

  it('lets the last part through, and prints what the rollout became', async () => {
    const printed = await type('approve lock 1.0.0 stable --skip soakMinutes --yes', '--comment', 'Heating fails');
    expect(printed.status).toBe(0);
    expect(printed.stdout).toContain('\nwith this approval 1 of 1 are given and nothing is missing: CreateOTAUpdate is sent to arn:');
    expect(printed.stdout).toMatch(/\ncounts: the gate has opened with an approval of this source; stable CREAT\w+\n$/);
    const { rollouts } = await json('status lock 1.0.0');
    const opened = { skipped: ['soakMinutes'], approvals: [{ approvedBy: 'kim' }, { comment: 'Heating fails' }] };
    expect(rollouts).toMatchObject([{ channel: 'beta' }, { channel: 'stable', opened }]);
  });

  it('has nothing left to count after the gate has opened, except for who opened it', async () => {
    expect(await type('approve lock 1.0.0 stable --yes')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^counts: the gate of stable opened \S+Z, with an approval of com\.acme\.release-board; now stable CREAT/,
      ),
    });
    expect(await type('approve lock 1.0.0 stable --source com.acme.fleet-health --yes')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^does not count: the gate of stable opened \S+Z, so there is nothing left to approve\n$/),
    });
  });

  it('counts before the release comes to the channel', async () => {
    await publish('lock', '1.0.1', ['beta']);
    const printed = await type('approve lock 1.0.1 stable --yes');
    expect(printed.status).toBe(0);
    expect(printed.stdout).toContain('lock 1.0.1 was not published to stable yet\n');
    expect(printed.stdout).toMatch(/\ncounts: it is kept until this content is published to stable\n$/);
  });
});

describe('ota promote and publish', () => {
  it('no longer follow a channel that only its gate keeps', async () => {
    const printed = await type('promote lock 1.0.1 --to stable');
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout).toContain('\nstable: accepted, and waits for its gate\nstable: waits and is no longer followed: soaking until ');
    expect(printed.stdout).toMatch(
      /\nstable WAITING: soaking until .*\nthe rollout goes on; look again with npm run ota -- status lock 1\.0\.1\n$/,
    );
  });

  it('give a program what is missing', async () => {
    expect(await json('promote lock 1.0.1 --to stable')).toMatchObject({
      duplicate: true,
      waiting: [
        { channel: 'stable', waitingFor: ['SOAKING'], reasons: [{ reason: 'SOAKING', channel: 'beta', until: expect.any(String) }] },
      ],
      rollouts: [{ state: 'WAITING', waitingFor: ['SOAKING'] }],
    });
  });
});

describe('ota deny', () => {
  beforeAll(() => publish('lock', '2.0.0', ['beta', 'stable']));

  it('asks, so it needs a terminal or --yes', async () => {
    expect(await type('deny lock 2.0.0 stable')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ota deny: a denial needs a terminal/),
    });
  });

  it('withdraws nothing if a person says no, and prints JSON for a program all the same', async () => {
    const printed = await typedAtTerminal('deny lock 2.0.0 stable --json', 'n\n');
    expect([printed.status, printed.stdout]).toEqual([1, '{"result":"declined","rollouts":[]}\n']);
    expect((await stage.table.withdrawals('lock', '2.0.0')).list).toEqual([]);
  });

  it('withdraws this revision from this channel, with a reason code, as an approver', async () => {
    const printed = await type('deny lock 2.0.0 stable --yes', '--comment', 'Motor stalls');
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout).toContain(
      ': never starts\npublished the withdrawal of lock 2.0.0 from stable as com.acme.release-board (event ',
    );
    expect(printed.stdout).toMatch(/\nstable: WITHDRAWN\n$/);
    const withdrawnBy = { reasonCode: 'DENIED', comment: 'Motor stalls', source: 'com.acme.release-board' };
    expect((await json('status lock 2.0.0')).rollouts).toMatchObject([{ channel: 'beta' }, { state: 'WITHDRAWN', withdrawnBy }]);
    const { list } = await stage.table.withdrawals('lock', '2.0.0');
    expect(list).toMatchObject([{ revision: 1, channels: ['stable'] }]);
  });

  it('leaves nothing to approve', async () => {
    expect(await type('approve lock 2.0.0 stable --yes')).toMatchObject({
      status: 1,
      stdout: 'does not count: stable WITHDRAWN, so there is nothing left to approve\n',
    });
  });
});

describe('ota hold and resume', () => {
  it.each([
    ['hold valve', 2, /^ota hold: --reason is required/],
    ['hold', 2, /^ota hold: a product is required/],
    ['hold valve stbale --reason why', 2, /valve has stable|did you mean stable\?/],
    ['hold valve --reason why --until soon', 2, /^ota hold: --until takes a span from now on/],
    ['hold valve --reason why --from 2h --until 1h', 2, /^ota hold: until: must be after from/],
    [
      'hold valve --reason why --source com.acme.nobody',
      2,
      /^ota hold: no product of \S+ lists the source "com\.acme\.nobody": valve has /,
    ],
    ['hold valve --reason why --id a/b', 2, /^ota hold: holdId: /],
    ['resume', 2, /^ota resume: exactly a product is required/],
    ['resume valve stable --id a', 2, /^ota resume: give a channel or --id, not both/],
    ['resume valve', 2, /^ota resume: a resume needs a terminal to ask you, or --yes/],
    ['resume valve stbale --yes', 2, /did you mean stable\?/],
  ])('publish nothing for wrong usage: %s', async (line, status, stderr) => {
    expect(await type(line)).toMatchObject({ status, stdout: '', stderr: expect.stringMatching(stderr) });
    expect((await stage.table.holds('valve')).holds.held).toEqual([]);
  });

  it('resume ends with 0 if nothing is held', async () => {
    expect(await type('resume valve --yes')).toEqual({ status: 0, stdout: 'valve has no hold to end\n', stderr: '' });
    expect(await json('resume valve stable --yes')).toEqual({ holdIds: [] });
  });

  it('hold prints the id that it made, and what goes on all the same', async () => {
    await publish('valve', '1.0.0', ['beta']);
    const printed = await type('hold valve stable --until 6h', '--reason', 'Loses its network');
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout).toMatch(/^published hold hold-\S+Z-[0-9a-f]{4} of valve on stable as com\.acme\.firmware-ci \(event \S+\)\n/);
    expect(printed.stdout).toMatch(/\nheld: nothing new is created for valve on stable until \S+Z\n$/);
  });

  it('hold gives a program the id', async () => {
    expect(await json('hold valve --id all --reason why')).toEqual({ holdId: 'all' });
    expect(await json('hold valve beta stable --id both --reason why')).toEqual({ holdId: 'both' });
  });

  it('publish ends with 0 for a channel that a hold keeps, and status has the holds', async () => {
    const release = join(folder, 'valve.json');
    writeFileSync(
      release,
      JSON.stringify({ product: 'valve', version: '1.1.0', channels: ['beta'], artifacts: [await stage.artifact('valve/1.1.0')] }),
    );
    const printed = await type('publish', release);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout).toContain('\nbeta: waits and is no longer followed: held by all (why), both (why)\n');
    const { rollouts, holds } = await json('status valve');
    expect(rollouts).toContainEqual(expect.objectContaining({ version: '1.1.0', state: 'CLAIMED', waitingFor: ['HELD'] }));
    expect(holds).toMatchObject([{ product: 'valve', channels: ['stable'] }, { holdId: 'all' }, { holdId: 'both' }]);
    const { stdout } = await type('status valve 1.1.0');
    expect(stdout).toContain('valve 1.1.0 beta  CLAIMED  held by all (why), both (why)\n');
    expect(stdout).toContain('\nvalve every channel  HELD by all: why\n');
  });

  it('hold ends with 0 even if what waits cannot be read, because the line is stopped', async () => {
    stage.aws.faults.add({ kind: 'outage', service: 'dynamodb', operation: 'Query' });
    const printed = await type('hold valve stable --id unread --reason why');
    stage.aws.faults.clear();
    expect(printed).toMatchObject({ status: 0, stderr: expect.stringMatching(/^what waits and what goes on could not be read: /) });
    expect(await json('resume valve --id unread --yes')).toEqual({ holdIds: ['unread'] });
  });

  it('hold names what waits', async () => {
    const { stdout } = await type('hold valve beta --id beta-alone --reason why');
    expect(stdout).toContain('\nwaits: valve 1.1.0 beta CLAIMED\n');
  });

  it('resume with a channel ends the holds of this channel alone, and names the others', async () => {
    const printed = await type('resume valve beta --yes');
    expect(printed.status).toBe(1);
    expect(printed.stdout).toContain('\nresumed: beta-alone\nvalve 1.1.0 beta  CLAIMED  held by all (why), both (why)\n');
    expect(printed.stdout).toContain('\nstill held: hold all covers every channel; to end it there too, add --id all in place of beta\n');
    expect(printed.stdout).toContain('\nstill held: hold both covers beta, stable; ');
  });

  it('resume refuses an id that the product never had', async () => {
    expect(await type('resume valve --id bth --yes')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ota resume: valve has no hold "bth": did you mean both\? it has hold-\S+, all, both\n$/),
    });
  });

  it('resume gives a program what it did not end', async () => {
    const printed = await type('resume valve beta --yes --json');
    expect([printed.status, JSON.parse(printed.stdout)]).toEqual([1, { holdIds: [], stillHeld: ['all', 'both'] }]);
    await type('hold lock --id fair --reason why');
    const refused = await type(`resume lock --source ${SOURCE} --yes --json`);
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ holdIds: [], holdId: 'fair', rejected: { code: 'SOURCE_NOT_ALLOWED' } });
    expect(await json('resume lock --yes')).toEqual({ holdIds: ['fair'] });
  });

  it('resume ends nothing if a person says no', async () => {
    const { stdout, status } = await typedAtTerminal('resume valve', 'n\n');
    expect([status, stdout.endsWith('\nnothing was resumed\n')]).toEqual([1, true]);
    expect((await stage.table.holds('valve')).holds.held).toHaveLength(3);
  });

  it('resume without a channel ends every hold that it saw, and what they kept starts', async () => {
    const { holdIds } = await json('resume valve --yes');
    expect(holdIds).toEqual([expect.stringMatching(/^hold-/), 'all', 'both']);
    expect((await stage.table.holds('valve')).holds.held).toEqual([]);
    await settle();
    expect(await row('valve 1.1.0 beta')).toMatchObject({ state: 'COMPLETED' });
  });

  it('resume says who ended a hold before', async () => {
    expect(await type('resume valve --id both --yes')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^hold both was ended before, \S+Z by com\.acme\.firmware-ci, account 000000000000\n$/),
    });
  });

  it('resume has ended the holds even if nobody can read what waits now', async () => {
    await type('hold valve --id unseen --reason why');
    stage.aws.faults.add({ kind: 'outage', service: 'dynamodb', operation: 'Query' });
    const printed = await type('resume valve --id unseen --yes');
    stage.aws.faults.clear();
    expect([printed.status, printed.stdout.split('\n').at(-2)]).toEqual([0, 'resumed: unseen']);
    expect(printed.stderr).toMatch(/^what waits now could not be read: /);
  });

  it('resume names the holds that it has ended if AWS does not let it end the next one', async () => {
    for (const id of ['first', 'second']) await type(`hold valve --id ${id} --reason why`);
    let published = 0;
    await denying((operation) => operation === 'PutEvents' && ++published > 1);
    const printed = await type('resume valve --yes --json');
    expect(printed.status).toBe(1);
    expect(printed.stderr).toMatch(/these have ended before: first\n$/);
    expect(JSON.parse(printed.stdout)).toMatchObject({ holdIds: ['first'], holdId: 'second', error: expect.any(String) });
    const { held } = (await stage.table.holds('valve')).holds;
    expect(held.map(({ holdId }) => holdId)).toEqual(['second']);
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    expect(await json('resume valve --yes')).toEqual({ holdIds: ['second'] });
  });

  it('hold reports that an id was used before, as the service does', async () => {
    const printed = await type('hold valve --id both --reason why --json');
    expect(printed.status).toBe(1);
    expect(JSON.parse(printed.stdout)).toMatchObject({ holdId: 'both', rejected: { code: 'HOLD_ENDED', path: 'holdId' } });
  });

  it('hold does not take a hold with the same id and another end for its own', async () => {
    const { itemRevision, holds } = await stage.table.holds('valve');
    const one = { reason: 'why', until: Date.now() + 86_400_000, by: { account: '000000000000', source: SOURCE }, at: 1 };
    const full = Array.from({ length: 50 }, (_, index) => ({ ...one, holdId: `h-${index}`, eventId: `e-${index}` }));
    await stage.table.writeHolds('valve', { itemRevision, holds: { ...holds, held: full } });
    const printed = await type('hold valve --id h-7 --reason why --json');
    expect(JSON.parse(printed.stdout)).toMatchObject({ holdId: 'h-7', rejected: { code: 'INVALID_HOLD', path: 'holdId' } });
    expect(printed.status).toBe(1);
    await stage.table.writeHolds('valve', { itemRevision: itemRevision + 1, holds });
  });

  it('hold says when it begins, and that one whose time has passed holds nothing', async () => {
    const later = await type('hold valve --id later --from 1h --until 2h --reason why');
    expect(later.stdout).toMatch(/\nnot held yet: hold later begins \S+Z, and lasts until \S+Z\n/);
    const past = await type('hold valve --id past --until 2026-01-01T00:00:00Z --reason why');
    expect(past).toMatchObject({ status: 0, stdout: expect.stringMatching(/\nnot held: hold past has ended already\n/) });
    expect(await json('resume valve --yes')).toEqual({ holdIds: ['later'] });
  });
});

describe('ota withdraw on a deployed stage', () => {
  beforeAll(async () => {
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'made', secretAccessKey: 'up' } });
    await createTable(client, ledgerTable('ota-dispatch-prod-ledger'));
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'ota-dispatch-local-ledger' }));
    for (const Item of Items) await client.send(new PutItemCommand({ TableName: 'ota-dispatch-prod-ledger', Item }));
    client.destroy();
  });
  beforeEach(() => {
    for (const [name, value] of Object.entries({ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'made', AWS_SECRET_ACCESS_KEY: 'up' }))
      vi.stubEnv(name, value);
  });

  it.each([
    ['', 'stdout'],
    [' --json', 'stderr'],
  ] as const)('shows what it will stop before it asks%s, and stops nothing if a person says no', async (option, stream) => {
    const printed = await typedAtTerminal(`withdraw lock 1.0.0 --channel stable --stage prod${option}`, 'n\n');
    expect([printed.status, printed[stream]]).toEqual([
      1,
      expect.stringMatching(/^stable [A-Z]+.*: (?:is stopped|has ended, becomes WITHDRAWN|never starts)$/m),
    ]);
    expect((await stage.table.withdrawals('lock', '1.0.0')).list).toEqual([]);
  });
});

/** Types one line at a terminal at which a person answers. */
async function typedAtTerminal(line: string, answer: string): Promise<Printed> {
  const { PassThrough } = await import('node:stream');
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never);
  vi.spyOn(process, 'stderr', 'get').mockReturnValue(stderr as never);
  stdin.write(answer);
  return type(line);
}
