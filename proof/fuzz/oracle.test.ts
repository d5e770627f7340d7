import { describe, expect, it } from 'vitest';
import type { Loaded } from '../../domain/rollout/ports.ts';
import type { Identity } from '../../domain/rollout/rollout.ts';
import type { FollowUpsDependencies } from '../../handlers/dependencies/functions.ts';
import { bodyOf, sampleDetail } from '../support/sample.ts';
import { BOARD, HEALTH, historyBodies, rollouts } from './configuration.ts';
import { queueArn } from './queue.ts';
import { answering, around, creating, first, freezing, keeping, reading, spin, withServices } from './sabotage.ts';
import { openStage, type Sabotage } from './stage.ts';
import { tryBatch } from './try-batch.ts';
import { tryInput } from './try-input.ts';

type FollowUpServices = FollowUpsDependencies['services'];

const detail = (members: Record<string, unknown> = {}) => ({ ...sampleDetail(), description: 'neverlog', ...members });
const good = bodyOf(detail());
const onMi = bodyOf(detail({ channels: ['hubs'] }));
const onJobs = bodyOf(detail({ channels: ['linux'] }));
const wrong = bodyOf(detail({ roleArn: 'arn:aws:iam::999999999999:role/neverlog' }));
const withdrawal = bodyOf({ product: 'thermostat', version: '2.4.1', force: true }, { 'detail-type': 'Firmware Release Withdrawn' });
const stranger = bodyOf(detail(), { account: '999999999999' });

const approval = bodyOf(
  { product: 'thermostat', version: '1.5.0', channels: ['asked'] },
  { 'detail-type': 'Firmware Release Approved', source: HEALTH },
);
const known = approval.replace(HEALTH, BOARD).replace('"detail"', '"id":"approval-before","detail"');
const selfApproval = approval.replace(HEALTH, 'com.acme.firmware-ci');
const hold = bodyOf({ product: 'thermostat', holdId: 'radio', reason: 'neverlog' }, { 'detail-type': 'Firmware Channel Held' });
const ended = hold.replace('radio', 'ended-before');
const resumed = bodyOf({ product: 'thermostat', holdId: 'held-before' }, { 'detail-type': 'Firmware Channel Resumed', source: BOARD });
const heldBefore = { holdId: 'held-before', reason: 'r', by: { account: '1', source: 's' }, at: '2026-11-24T12:00:00.000Z' };

/** Changes only bodies that the history does not have. */
const onlyNow = (change: (body: string) => string) => reading((body) => (historyBodies.includes(body) ? body : change(body)));

/** Changes only bodies of the queue of follow-ups. */
const onlyFollowUps = (change: (body: string) => string): Sabotage => ({
  handler: (handler) => (event, context) =>
    handler(
      {
        Records: event.Records.map((record) =>
          record.eventSourceARN === queueArn('follow-ups') ? { ...record, body: change(record.body) } : record,
        ),
      },
      context,
    ),
});

const document = { bucket: 'b', key: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', body: '{}' };
const withdrawals = { itemRevision: 0, list: [] };

const otherRole = 'arn:aws:iam::999999999999:role/other';
const otherThing = 'arn:aws:iot:us-east-1:999999999999:thing/other';
const documenting = (change: (text: string) => string) => freezing((input) => ({ ...input, document: change(String(input['document'])) }));

const forgetful = withServices(({ ledger }) => ({ ledger: { ...ledger, writeWithdrawals: async () => true } }));
const tame = withServices(({ ledger }) => ({
  ledger: {
    ...ledger,
    writeWithdrawals: (product, version, { itemRevision, list }) =>
      ledger.writeWithdrawals(product, version, { itemRevision, list: list.map((one) => ({ ...one, force: false })) }),
  },
}));

/** What a service may do wrong with one body, and the rule that finds it. */
const wrongServices: readonly [what: string, rule: string, body: string, sabotage: Sabotage][] = [
  ['takes a member that is not allowed', 'accepted only what is valid', wrong, reading((body) => body.replace(/,"roleArn":"[^"]*"/, ''))],
  ['takes any account', 'accepted only what is valid', stranger, withServices(() => ({ allowedAccounts: ['999999999999'] }))],
  ['refuses what is good', 'rejected with reason', good, withServices(() => ({ allowedAccounts: [] }))],
  ['refuses with the wrong code', 'rejected with reason', wrong, reading((body) => `${body},`)],
  ['logs the body', 'no body in the logs', good, first((body) => process.stdout.write(`${body}\n`))],
  ['logs the body as a text', 'no body in the logs', wrong, first((body) => process.stderr.write(`${JSON.stringify({ body })}\n`))],
  ['colours its logs', 'no control characters in the logs', good, first(() => process.stdout.write('{"x":"\u001b[31m"}\n'))],
  ['breaks its lines', 'logs in lines of JSON', good, first(() => process.stdout.write('{"x":\n1}\n'))],
  ['throws', 'never thrown', good, first(() => Promise.reject(new Error('sabotage')))],
  ['throws null', 'never thrown', wrong, first(() => Promise.reject(null))],
  ['gives a record back', 'never retried', good, around(async () => ({ batchItemFailures: [{ itemIdentifier: 'message-0' }] }))],
  ['does not record how a message ended', 'one word', good, around(async () => ({ batchItemFailures: [] }))],
  ['records two endings', 'one word', good, around((handle) => handle().then(handle))],
  ['is slow', 'at most 50 ms', good, first(() => spin(70))],
  ['does not publish', 'published once', wrong, withServices(() => ({ bus: { publish: async () => {} } }))],
  [
    'publishes twice',
    'published once',
    wrong,
    withServices(({ bus }) => ({ bus: { publish: async (events) => bus.publish([...events, ...events]) } })),
  ],
  [
    'publishes what no schema allows',
    'events by their schema',
    wrong,
    withServices(({ bus }) => ({
      bus: { publish: (events) => bus.publish(events.map((event) => ({ ...event, detailType: 'OTA Release Planned' }) as never)) },
    })),
  ],
  ['does not keep', 'kept', wrong, keeping(() => async () => {})],
  ['keeps a different body', 'kept', wrong, keeping((send) => (body, why) => send(`${body} `, why))],
  ['keeps with a different code', 'published as kept', wrong, keeping((send) => (body, why) => send(body, { ...why, code: 'EXPIRED' }))],
  ['keeps with a different path', 'published as kept', wrong, keeping((send) => (body, why) => send(body, { ...why, path: '$' }))],
  ['makes up a code', 'code of the closed list', wrong, keeping((send) => (body, why) => send(body, { ...why, code: 'WRONG' }))],
  ['quotes a value', 'no value in a reason', wrong, keeping((send) => (body, why) => send(body, { ...why, reason: body.slice(0, 500) }))],
  [
    'writes a row for what it refuses',
    'nothing claimed',
    wrong,
    keeping((send, { ledger }) => async (body, why) => {
      await ledger.writeWithdrawals('thermostat', '2.4.1', withdrawals);
      await send(body, why);
    }),
  ],
  [
    'writes a document for what it refuses',
    'nothing created',
    wrong,
    keeping((send, { documents }) => async (body, why) => {
      await documents.write(document);
      await send(body, why);
    }),
  ],
  ['forgets a withdrawal', 'withdrawals are remembered', withdrawal, forgetful],
  ['forgets that it is forceful', 'withdrawals are remembered', withdrawal, tame],
  [
    'forgets an approval',
    'approvals are remembered',
    approval,
    withServices(({ ledger }) => ({ ledger: { ...ledger, writeApprovals: async () => true } })),
  ],
  [
    'binds an approval to other content',
    'approvals are remembered',
    approval,
    withServices(({ ledger }) => ({
      ledger: {
        ...ledger,
        writeApprovals: (product, version, { itemRevision, list }) =>
          ledger.writeApprovals(product, version, { itemRevision, list: list.map((one) => ({ ...one, releaseDigest: 'f'.repeat(64) })) }),
      },
    })),
  ],
  [
    'opens no gate',
    'one create',
    approval,
    withServices(({ ledger }) => ({
      ledger: { ...ledger, load: async (identity) => ({ ...(await ledger.load(identity)), approvals: [] }) },
    })),
  ],
  [
    'says that an approval does not count',
    'approvals count',
    approval,
    answering((answer) => ({ ...answer, rollouts: (answer['rollouts'] as object[]).map((one) => ({ ...one, counted: false })) })),
  ],
  [
    'takes a known approval for a new one',
    'the right word',
    known,
    withServices(({ ledger }) => ({
      ledger: { ...ledger, approvals: async (...of) => ({ ...(await ledger.approvals(...of)), list: [] }) },
    })),
  ],
  ['lets anybody approve', 'accepted only what is valid', selfApproval, onlyNow((body) => body.replace('com.acme.firmware-ci', HEALTH))],
  ['forgets a hold', 'holds are remembered', hold, withServices(({ ledger }) => ({ ledger: { ...ledger, writeHolds: async () => true } }))],
  ['says that a hold is not active', 'holds as they are', hold, answering((answer) => ({ ...answer, holds: [] }))],
  [
    'does not see what waits',
    'holds as they are',
    hold,
    withServices(({ ledger }) => ({ ledger: { ...ledger, unfinishedOf: async () => [] } })),
  ],
  ['takes an ended id once more', 'accepted only what is valid', ended, onlyNow((body) => body.replace('ended-before', 'other'))],
  [
    'ends no hold',
    'holds are remembered',
    resumed,
    withServices(({ ledger }) => ({ ledger: { ...ledger, writeHolds: async () => true } })),
  ],
  ['says that a hold goes on', 'holds as they are', resumed, answering((answer) => ({ ...answer, holds: [{ ...heldBefore }] }))],
  ['chooses a different role', 'own role', good, freezing((input) => ({ ...input, roleArn: 'arn:aws:iam::999999999999:role/other' }))],
  [
    'chooses a different target',
    'own targets',
    good,
    freezing((input) => ({ ...input, targets: ['arn:aws:iot:us-east-1:999999999999:thing/other'] })),
  ],
  ['chooses no target on MI', 'own targets', onMi, freezing((input) => ({ ...input, Target: [] }))],
  ['asks for what AWS does not take', 'requests by the model', good, freezing((input) => ({ ...input, description: 'a\tb' }))],
  ['leaves a member out', 'the request that the contract asks for', good, freezing(({ description: _, ...input }) => input)],
  ['leaves a guard rail out', 'the request that the contract asks for', good, freezing(({ awsJobAbortConfig: _, ...input }) => input)],
  ['leaves its markers out', 'the request that the contract asks for', good, freezing((input) => ({ ...input, additionalParameters: {} }))],
  [
    'sends a different request',
    'creates what was accepted',
    good,
    creating((create) => (input) => create({ ...input, description: 'other' })),
  ],
  ['sends it twice', 'one create', good, creating((create) => (input) => create(input).then(() => create(input)))],
  ['does not send it', 'one create', good, creating(() => async () => ({ kind: 'accepted', aws: {} }))],
  [
    'chooses a different role for URLs',
    'own role',
    onJobs,
    freezing((input) => ({ ...input, presignedUrlConfig: { roleArn: otherRole } })),
  ],
  ['chooses a different target for a job', 'own targets', onJobs, freezing((input) => ({ ...input, targets: [otherThing] }))],
  ['leaves the markers of a job out', 'the request that the contract asks for', onJobs, freezing((input) => ({ ...input, tags: [] }))],
  ['leaves a guard rail of a job out', 'the request that the contract asks for', onJobs, freezing(({ abortConfig: _, ...input }) => input)],
  ['writes a different document', 'the job document', onJobs, documenting((text) => text.replace('install-firmware.sh', 'install.sh'))],
  ['writes its document in another form', 'the job document', onJobs, documenting((text) => ` ${text}`)],
  [
    'lets AWS sign a URL of another bucket',
    'own placeholders',
    onJobs,
    documenting((text) => text.replace('acme-firmware.s3', 'other.s3')),
  ],
  ['writes no job document', 'the job document', onMi, withServices(() => ({ documents: { write: async () => {} } }))],
];

async function rulesBroken(sabotage: Sabotage, ...bodies: readonly string[]): Promise<string[]> {
  const stage = await openStage(sabotage);
  try {
    const rules: string[] = [];
    for (const body of bodies) rules.push(...(await tryInput(stage, { body })).flaws.map(({ rule }) => rule));
    return rules;
  } finally {
    stage.close();
  }
}

describe('the oracle', () => {
  it('finds nothing wrong with the service as it is', async () => {
    expect(await rulesBroken({}, good, onMi, onJobs, wrong, stranger, approval, known, selfApproval, hold, ended, resumed)).toEqual([]);
  });

  it.each(wrongServices)('finds a service that %s: %s', async (_what, rule, body, sabotage) => {
    expect(await rulesBroken(sabotage, body)).toContain(rule);
  });

  it('allows ids, codes and paths in a log line', async () => {
    const named = bodyOf(detail({ correlationId: 'neverlog', version: '2.4.1-neverlog', channels: ['neverlog'] }));
    const unknown = bodyOf(detail({ neverlog: 1 }));
    expect(await rulesBroken({}, named, unknown)).toEqual([]);
  });

  it('finds a call that comes after the answer', async () => {
    const stage = await openStage(
      withServices(({ bus, queues }) => ({
        bus: {
          publish: async (events) => {
            setImmediate(() => queues.sendFollowUps([{ body: 'late', delaySeconds: 0 }]));
            await bus.publish(events);
          },
        },
      })),
    );
    await tryInput(stage, { body: wrong });
    await new Promise((resolve) => setImmediate(resolve));
    const { flaws } = await tryInput(stage, { body: good });
    stage.close();
    expect(flaws.map(({ rule }) => rule)).toContain('nothing after the answer');
  });
});

describe('the oracle of the queue of follow-ups', () => {
  const withLedger = (change: (ledger: FollowUpServices['ledger']) => Partial<FollowUpServices['ledger']>): Sabotage => ({
    ofFollowUps: (all) => ({ ...all, services: { ...all.services, ledger: { ...all.services.ledger, ...change(all.services.ledger) } } }),
  });
  const beforeIt = (what: (services: FollowUpServices, load: () => Promise<Loaded>) => Promise<unknown>): Sabotage => ({
    ofFollowUps: (all) => {
      const { ledger } = all.services;
      const load = async (identity: Identity) => {
        await what(all.services, () => ledger.load(identity));
        return ledger.load(identity);
      };
      return { ...all, services: { ...all.services, ledger: { ...ledger, load } } };
    },
  });
  const [beta, , , gated] = rollouts;
  const followUp = JSON.stringify({
    formatVersion: 1,
    product: 'thermostat',
    version: '1.0.0',
    revision: 1,
    channel: 'beta',
    followUpNumber: 1,
    invocation: 1,
  });
  const wake = followUp.replace('"followUpNumber":1', '"followUpNumber":"*"').replace('"invocation":1', '"invocation":15');
  const old = followUp.replace('"followUpNumber":1', '"followUpNumber":0');
  const nobody = followUp.replace('thermostat', 'toaster');
  const jobEvent = JSON.stringify({ jobId: `AFR_OTA-${beta.rolloutId}-1`, operation: 'neverlog' });
  const cut = `${followUp.slice(0, -1)},neverlog`;

  const onFollowUps = async (sabotage: Sabotage, ...bodies: readonly string[]): Promise<string[]> => {
    const stage = await openStage(sabotage);
    try {
      const rules: string[] = [];
      for (const body of bodies) rules.push(...(await tryInput(stage, { body, queue: 'follow-ups' })).flaws.map(({ rule }) => rule));
      return rules;
    } finally {
      stage.close();
    }
  };

  it('finds nothing wrong with the service as it is', async () => {
    expect(await onFollowUps({}, followUp, wake, old, nobody, jobEvent, cut, good, approval)).toEqual([]);
  });

  it.each<[what: string, rule: string, body: string, sabotage: Sabotage]>([
    ['drops what it cannot read', 'a follow-up as expected', cut, around(async () => ({ batchItemFailures: [] }))],
    [
      'returns what it could work on',
      'a follow-up as expected',
      followUp,
      around(async () => ({ batchItemFailures: [{ itemIdentifier: 'message-0' }] })),
    ],
    ['looks although nobody waits for this number', 'a follow-up as expected', old, onlyFollowUps((body) => body.replace(':0,', ':"*",'))],
    [
      'takes a job event for that of another',
      'a follow-up as expected',
      jobEvent.replace(beta.rolloutId, 'fw-x'),
      onlyFollowUps(() => jobEvent),
    ],
    ['does not look after a job event', 'a follow-up as expected', jobEvent, withLedger(() => ({ identityOf: async () => undefined }))],
    [
      'writes another rollout',
      'writes only its own rollout',
      followUp,
      onlyFollowUps(() => JSON.stringify({ jobId: `${gated.rolloutId}-1` })),
    ],
    ['goes on for ever', 'a chain ends', wake, onlyFollowUps((body) => body.replace('"invocation":15', '"invocation":1'))],
    ['quotes what it cannot read', 'no body in the logs', cut, first((body) => process.stdout.write(`${JSON.stringify({ body })}\n`))],
    ['throws', 'never thrown', cut, first(() => Promise.reject(new Error('sabotage')))],
    ['is slow', 'at most 50 ms', nobody, first(() => spin(70))],
    [
      'reads for what is no follow-up',
      'nothing done for what is no follow-up',
      cut,
      onlyFollowUps(() => followUp.replace('beta', 'x'.repeat(1025))),
    ],
    [
      'creates',
      'nothing created',
      nobody,
      beforeIt(({ controlPlanes }) => controlPlanes.CreateOTAUpdate.create({ otaUpdateId: 'x', targets: [], roleArn: '', files: [] })),
    ],
    ['adds a row', 'nothing claimed', nobody, beforeIt(({ ledger }) => ledger.writeHead('toaster', 'beta', { itemRevision: 0 } as never))],
  ])('finds a service that %s: %s', async (_what, rule, body, sabotage) => {
    expect(await onFollowUps(sabotage, body)).toContain(rule);
  });

  it.each([
    ['an approval', approval, 'releases', 'steering'],
    ['the end of a hold', resumed, 'releases', 'steering'],
    ['a release', good, 'steering', 'releases'],
  ] as const)('finds a service that lets %s come from a queue of others', async (_what, body, queue, other) => {
    const stage = await openStage({
      handler: (handler) => (event, context) =>
        handler({ Records: event.Records.map((record) => ({ ...record, eventSourceARN: queueArn(other) })) }, context),
    });
    expect((await tryInput(stage, { body, queue })).flaws.map(({ rule }) => rule)).toContain('only over the bus');
    stage.close();
  });

  it('finds a service that fails only in a batch', async () => {
    const stage = await openStage({ handler: () => async () => ({ batchItemFailures: [{ itemIdentifier: 'message-1' }] }) });
    const flaws = await tryBatch(stage, 'follow-ups', [cut, followUp], ['failed', 'looked']);
    stage.close();
    expect(flaws.map(({ rule }) => rule)).toEqual(['never retried in a batch']);
  });

  it('finds nothing wrong with a batch of the service as it is', async () => {
    const stage = await openStage();
    const flaws = await tryBatch(stage, 'follow-ups', [cut, followUp, followUp, jobEvent], ['failed', 'looked', 'looked', 'looked']);
    stage.close();
    expect(flaws).toEqual([]);
  });
});

describe('a batch', () => {
  it('finds a service that fails only in a batch', async () => {
    const stage = await openStage({
      handler: (handler) => (event, context) =>
        event.Records.length > 1 ? Promise.resolve({ batchItemFailures: [{ itemIdentifier: 'message-1' }] }) : handler(event, context),
    });
    const flaws = await tryBatch(stage, 'releases', [good, wrong], ['dispatched', 'INVALID_RELEASE']);
    stage.close();
    expect(flaws.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['never retried in a batch', 'one word in a batch']));
  });

  it('allows that one message changes the fate of another, and finds two endings that are swapped', async () => {
    const stage = await openStage();
    const other = bodyOf(detail({ description: 'another' }));
    const right = await tryBatch(
      stage,
      'releases',
      [good, good, other, wrong],
      ['dispatched', 'dispatched', 'dispatched', 'INVALID_RELEASE'],
    );
    const copies = await tryBatch(
      stage,
      'releases',
      [good, good.replace('com.acme', 'com.neverlog')],
      ['dispatched', 'SOURCE_NOT_ALLOWED'],
    );
    const mixed = await tryBatch(stage, 'releases', [good, wrong], ['INVALID_RELEASE', 'dispatched']);
    stage.close();
    expect([...right, ...copies]).toEqual([]);
    expect(mixed.map(({ rule }) => rule)).toEqual(['the same in a batch', 'the same in a batch']);
  });
});
