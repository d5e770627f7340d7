import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionName, ActionResult, Preview } from '../../console/api.ts';
import { publish } from '../../console/server/actions/publish.ts';
import { redrive } from '../../console/server/actions/redrive.ts';
import type { Context } from '../../console/server/context.ts';
import { actionsRoutes } from '../../console/server/routes/actions.ts';
import { configurationOf } from '../../operator/stage/configuration.ts';
import { openStage } from '../../operator/stage/stage.ts';
import type { Sandbox } from '../../proof/stage/sandbox.ts';
import { openStageInTime, SOURCE, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { channelYaml } from '../support/channel-yaml.ts';

/*
 * Publish and redrive of the console, against the real handlers in virtual time. Time passes only between the requests, and the service
 * consumes its queues while one is answered.
 */

const channel = (name: string, more = '') => channelYaml(name, { group: `lock-${name}`, more });
const channels = `
artifactBuckets: [acme-firmware]
products:
  lock:
    sources: [${SOURCE}]
    approvers: [com.acme.release-board]
    channels:${channel('beta')}${channel('stable', 'after: { channel: beta, soakMinutes: 60 }')}
      homes:
        unguarded: allow
        artifactUrl: https://cdn.example.com/{key}?versionId={version}
        createOtaTask: { OtaType: CONTINUOUS, OtaTargetQueryString: "attributes.model:lock", TaskConfigurationId: abc123 }
`;
const folder = mkdtempSync(join(tmpdir(), 'ota-console-publish-'));
const file = join(folder, 'channels.yml');

let service: StageInTime;
let sandbox: Sandbox;
let context: Context;
let stop: () => Promise<void>;
beforeAll(async () => {
  writeFileSync(file, channels);
  service = await openStageInTime({ channels });
  const listening = await service.aws.listen();
  stop = listening.stop;
  sandbox = service.sandbox();
  const stage = openStage({ stage: 'local', endpoint: listening.endpoint });
  context = { stage, isReadOnly: false, configuration: () => configurationOf(stage, file), now: Date.now };
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stop();
  await service.stop();
});

async function post<T>(path: string, input: object): Promise<T> {
  const body = JSON.stringify(input);
  let answer: T | undefined;
  const done = (async () => {
    const response = await actionsRoutes(context).request(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    answer = (await response.json()) as T;
  })();
  while (answer === undefined) {
    for (const queue of ['steering', 'releases', 'follow-ups'] as const) while ((await service.poll(queue, sandbox)) > 0);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await done;
  return answer;
}
const preview = (name: ActionName, input: object) => post<Preview>(`/preview/${name}`, input);
const carryOut = (name: ActionName, input: object) => post<ActionResult>(`/actions/${name}`, input);

/** The text of a file with the detail of a release, whose firmware is in S3. */
async function fileOf(version: string, changes: object = {}): Promise<string> {
  const artifact = await service.artifact(`lock/${version}`);
  return JSON.stringify({ product: 'lock', version, channels: ['beta', 'stable', 'homes'], artifacts: [artifact], ...changes });
}

describe('the preview of publish', () => {
  it('says for each channel what is sent and when, what its gate waits for, and how many devices it reaches', async () => {
    const shown = await preview('publish', { text: await fileOf('1.0.0') });
    expect(shown.title).toBe('Publish lock 1.0.0 to beta, stable, homes');
    expect(shown.refusals).toEqual([]);
    expect(shown.lines).toEqual([
      'beta: CreateOTAUpdate of AWS IoT is sent at once.',
      'stable: CreateOTAUpdate of AWS IoT is sent as soon as it waits for nothing more.',
      expect.stringMatching(/^stable has a gate: after beta: .* for 60 minutes\.$/),
      expect.stringMatching(/^stable waits: .*, and this release is for beta, too\.$/),
      'homes: CreateOtaTask of managed integrations is sent at once.',
    ]);
    expect(shown.reach).toEqual([
      { channel: 'beta', devices: 10 },
      { channel: 'stable', devices: 10 },
      { channel: 'homes', remark: 'managed integrations has no operation that counts what a query matches' },
    ]);
    expect(shown.documents.map(({ label }) => label)).toEqual(['Request for beta', 'Request for stable', 'Request for homes', 'Event']);
    expect(shown.documents[0]?.value).toMatchObject({
      operation: 'CreateOTAUpdate',
      input: { targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/lock-beta'] },
    });
    expect(shown.documents.at(-1)?.value).toMatchObject({ source: SOURCE, 'detail-type': 'Firmware Release Published' });
    expect(await service.rows()).toEqual([]);
  });

  it.each([
    ['no JSON', 'no json', ['MALFORMED_JSON']],
    ['an unknown channel', { channels: ['stabel'] }, ['UNKNOWN_CHANNEL']],
    ['an unknown product', { product: 'lokc' }, ['UNKNOWN_PRODUCT']],
    ['no valid version', { version: 'v1' }, ['INVALID_RELEASE']],
  ])('refuses %s as the service would, with code and path', async (_what, given, codes) => {
    const text = typeof given === 'string' ? given : await fileOf('1.0.1', given);
    const { refusals, documents } = await preview('publish', { text });
    expect(codes).toContain(refusals[0]?.split(' ')[0]);
    expect(documents).toEqual([]);
    expect(await carryOut('publish', { text })).toMatchObject({ isDone: false, message: refusals[0] });
  });

  it('refuses firmware that is not in S3 yet, and names the command that uploads it', async () => {
    for (const change of [{ version: 'set-at-upload' }, { version: undefined }]) {
      const s3Location = { bucket: 'acme-firmware', key: 'app.bin', ...change };
      const { refusals } = await preview('publish', {
        text: await fileOf('1.0.2', { artifacts: [{ fileName: '/a', fileLocation: { s3Location } }] }),
      });
      expect(refusals, JSON.stringify(change)).toEqual([
        'artifacts[0] has no version of an object in S3, or no SHA-256. The console uploads nothing. Type: npm run ota -- publish FILE --upload FIRMWARE',
      ]);
    }
    const artifact = await service.artifact('lock/other');
    const text = await fileOf('1.0.2', { artifacts: [{ ...artifact, sha256: undefined }], channels: ['beta', 'stabel'] });
    expect((await preview('publish', { text })).refusals).toEqual([
      expect.stringContaining('--upload FIRMWARE'),
      expect.stringMatching(/^UNKNOWN_CHANNEL /),
    ]);
  });

  it('refuses an artifact whose place is null', async () => {
    const text = await fileOf('1.0.2', { artifacts: [{ fileName: '/a', fileLocation: { s3Location: null } }] });
    expect((await preview('publish', { text })).refusals).toEqual([
      expect.stringMatching(/^INVALID_RELEASE artifacts\[0\]\.fileLocation\.s3Location: must be an object, got null/),
    ]);
  });

  it.each([
    [{ 'detail-type': 'Firmware Release Withdrawn', source: SOURCE, detail: { product: 'lock', version: '1.0.0' } }, 'withdraw'],
    [{ product: 'lock', holdId: 'h', reason: 'why' }, 'hold'],
  ])('sends every other event to its own action: %j', async (given, command) => {
    expect((await preview('publish', { text: JSON.stringify(given) })).refusals).toEqual([expect.stringContaining(`ota -- ${command}`)]);
  });

  it('shows a hold of a channel as what a rollout without a gate waits for', async () => {
    const text = await fileOf('1.0.3', { channels: ['beta'] });
    await carryOut('hold', { product: 'lock', channels: ['beta'], reason: 'Loses its network', holdId: 'h-1' });
    expect((await preview('publish', { text })).lines).toEqual([
      'beta: CreateOTAUpdate of AWS IoT is sent as soon as it waits for nothing more.',
      expect.stringMatching(/^beta waits: .*h-1/),
    ]);
    await carryOut('resume', { product: 'lock', holdIds: ['h-1'] });
    expect((await preview('publish', { text })).lines).toEqual(['beta: CreateOTAUpdate of AWS IoT is sent at once.']);
  });

  it('counts nothing and says so if AWS refuses to count', async () => {
    service.aws.faults.add({ kind: 'outage', service: 'iot', operation: 'ListThingsInThingGroup' });
    const { reach, refusals } = await preview('publish', { text: await fileOf('1.0.4', { channels: ['beta'] }) });
    service.aws.faults.clear();
    expect(reach).toEqual([{ channel: 'beta', remark: expect.stringMatching(/^AWS did not count them: \w+$/) }]);
    expect(refusals).toEqual([]);
  });

  it('takes only a text', () => {
    for (const sent of [{}, { text: 1 }, { text: '' }, { text: 'x', more: true }, { text: 'x'.repeat(600_000) }])
      expect(() => publish.read(sent)).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});

describe('publish', () => {
  it('puts the event on the bus, and answers when the service has accepted it and where to look', async () => {
    const text = await fileOf('2.0.0');
    expect(await carryOut('publish', { text })).toEqual({
      isDone: true,
      message: 'lock 2.0.0 is accepted: its rollouts begin, or wait for their gates.',
      lines: [],
      eventId: expect.any(String),
      href: '/releases/lock/2.0.0',
    });
    expect((await service.rows()).filter(({ version }) => version === '2.0.0')).toHaveLength(3);
  });

  it('says before and after that the same content is a duplicate', async () => {
    const text = await fileOf('2.1.0', { channels: ['beta'] });
    await carryOut('publish', { text });
    const shown = await preview('publish', { text });
    expect(shown.warnings[0]).toBe('Every channel has this content already. The service reports a duplicate and starts nothing.');
    expect(shown.lines).toEqual([expect.stringMatching(/^beta .*: it was accepted before, and does not start again\.$/)]);
    expect(shown.reach).toEqual([]);
    expect(await carryOut('publish', { text })).toMatchObject({
      isDone: true,
      message: expect.stringContaining('nothing was started again'),
    });
  });

  it('shows only the new channels of a release that some have already', async () => {
    const first = await fileOf('2.2.0', { channels: ['beta'] });
    await carryOut('publish', { text: first });
    const text = JSON.stringify({ ...JSON.parse(first), channels: ['beta', 'stable'] });
    const shown = await preview('publish', { text });
    expect(shown.reach).toEqual([{ channel: 'stable', devices: 10 }]);
    expect(shown.lines.at(-1)).toMatch(/^beta .* does not start again\.$/);
  });

  it('refuses other content of a version that was accepted, and content of one that was withdrawn', async () => {
    await carryOut('publish', { text: await fileOf('2.3.0', { channels: ['beta'] }) });
    const other = await fileOf('2.3.0', { channels: ['beta'], description: 'other' });
    expect((await preview('publish', { text: other })).refusals).toEqual([expect.stringMatching(/^RELEASE_CONFLICT /)]);
    await service.withdraw({ product: 'lock', version: '2.3.0' });
    await consume();
    const later = await fileOf('2.3.0', { channels: ['stable'], revision: 2 });
    expect((await preview('publish', { text: later })).refusals).toEqual([expect.stringMatching(/^RELEASE_WITHDRAWN .*\(stable\)$/)]);
  });

  it('answers what the service found that nobody could foresee: firmware whose digest is another one', async () => {
    const artifact = { ...(await service.artifact('lock/3.0.0')), sha256: '00'.repeat(32) };
    const text = await fileOf('3.0.0', { channels: ['beta'], artifacts: [artifact] });
    expect((await preview('publish', { text })).refusals).toEqual([]);
    expect(await carryOut('publish', { text })).toMatchObject({
      isDone: false,
      rejected: { path: expect.stringContaining('artifacts[0]') },
    });
  });
});

describe('redrive', () => {
  const broken = JSON.stringify({ product: 'lock', version: 'nope' });

  it('says how many messages go where, and then what became of each', async () => {
    await drain('rejected');
    await service.publish(JSON.parse(broken));
    await consume();
    const shown = await preview('redrive', { queue: 'rejected' });
    expect(shown).toMatchObject({ title: 'Redrive the messages of rejected', refusals: [] });
    expect(shown.lines[0]).toBe(
      'About 1 message goes from rejected to releases, and withdrawals, approvals, holds and resumes to steering. SQS counts them roughly.',
    );
    expect(await carryOut('redrive', { queue: 'rejected' })).toMatchObject({
      isDone: false,
      message: '1 of 1 redriven to releases.',
      lines: [expect.stringMatching(/^lock .*: rejected again: INVALID_RELEASE/)],
      href: '/queues',
    });
  });

  it('names the one message and its release, and the queue that its kind goes to', async () => {
    await drain('rule-dlq');
    const event = { 'detail-type': 'Firmware Release Withdrawn', detail: { product: 'lock', version: '9.0.0' } };
    await service.send('rule-dlq', JSON.stringify(event));
    const [message] = await service.receive('rule-dlq', 10);
    const messageId = message?.MessageId ?? '';
    service.advance(31_000);
    expect(await preview('redrive', { queue: 'rule', messageId })).toMatchObject({
      title: 'Redrive one message of rule-dlq',
      lines: [`Message ${messageId} (lock 9.0.0) goes from rule-dlq to steering.`, expect.any(String), expect.any(String)],
      refusals: [],
    });
    expect(await carryOut('redrive', { queue: 'rule', messageId })).toMatchObject({
      isDone: true,
      message: '1 of 1 redriven to steering.',
    });
  });

  it('refuses a message that is not there, and finds nothing in an empty queue', async () => {
    await drain('follow-ups-dlq');
    expect((await preview('redrive', { queue: 'follow-ups', messageId: 'gone' })).refusals).toEqual([
      expect.stringContaining('follow-ups-dlq'),
    ]);
    expect(await carryOut('redrive', { queue: 'follow-ups', messageId: 'gone' })).toMatchObject({ isDone: false });
    expect(await carryOut('redrive', { queue: 'follow-ups' })).toMatchObject({
      isDone: false,
      message: 'The queue follow-ups-dlq is empty.',
    });
  });

  it('takes only the names of queues that have something to redrive', async () => {
    for (const sent of [{}, { queue: 'rejected', messageId: '' }, { queue: 'x'.repeat(65) }, { queue: 'rejected', all: true }])
      expect(() => redrive.read(sent)).toThrow(expect.objectContaining({ name: 'UsageError' }));
    await expect(redrive.preview(context, { queue: 'constructor' })).rejects.toThrow('there is no queue "constructor": there are rejected');
  });
});

async function consume(): Promise<void> {
  for (const queue of ['steering', 'releases', 'follow-ups'] as const) while ((await service.poll(queue, sandbox)) > 0);
}

/** Removes every message of a queue. */
async function drain(suffix: string): Promise<void> {
  for (let messages = await service.receive(suffix, 10); messages.length > 0; messages = await service.receive(suffix, 10))
    for (const message of messages) await service.remove(suffix, message);
}
