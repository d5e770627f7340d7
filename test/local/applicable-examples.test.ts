import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { validateChannels } from '../../domain/channels/validate.ts';
import { foreignArnLines, judgeExamples, releaseToTry } from '../../local/applicable-examples.ts';
import { readExamples } from '../../local/example-files.ts';
import { root } from '../../scripts/installation.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';

const place = { accountId: '000000000000', region: 'us-east-1' };
const shipped = readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8');
const examples = readExamples(join(root, 'examples'));

/** Judges the examples with these channels. Answers the names of those to publish, and why each of the others is skipped. */
function judged(text: string) {
  const validated = validateChannels(parse(text), { ...place, stage: 'local' });
  if (!validated.ok) throw new Error(stringify(validated.errors));
  const { applicable, skipped } = judgeExamples(examples, validated.channels, place, 'channels.yml');
  return { names: applicable.map(({ name }) => name), applicable, why: skipped.map(({ example, why }) => `${example.name}: ${why}`) };
}

const one = (product: string, channels: object) =>
  stringify({ artifactBuckets: ['acme-firmware'], products: { [product]: { sources: ['com.acme.firmware-ci'], channels } } });
const createOtaTask = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub-2', TaskConfigurationId: 'abc123' };

describe('the ARNs of which npm start warns', () => {
  const warnings = (text: string) => {
    const validated = validateChannels(parse(text), { ...place, stage: 'local' });
    return validated.ok ? foreignArnLines(validated.channels, place, 'mine.yml') : validated.errors;
  };

  it('do not exist with the channels of the examples', () => {
    expect(warnings(shipped)).toEqual([]);
  });

  it.each([
    ['a target of another account', ':thing', ':111122223333:thing', 'targets[0]'],
    ['a role of another account', ':role', ':111122223333:role', 'roleArn'],
    ['a target of another region', 'us-east-1', 'eu-west-1', 'targets[0]'],
  ])('have a line with the path: %s', (_what, from, to, member) => {
    const own = {
      targets: ['arn:aws:iot:us-east-1:000000000000:thing/a'],
      roleArn: 'arn:aws:iam::000000000000:role/ota',
      protocols: ['MQTT'],
    };
    const createOTAUpdate = JSON.parse(JSON.stringify(own).replace(to.startsWith(':') ? `:000000000000${from}` : from, to));
    const lines = warnings(one('kettle', { beta: { createOTAUpdate } }));
    expect(lines).toEqual([expect.stringMatching(/^mine\.yml: warning: products\.kettle\.channels\.beta\.createOTAUpdate\.[^\n]+$/)]);
    expect(lines[0]).toContain(`createOTAUpdate.${member}: `);
  });
});

describe('the examples that npm start publishes', () => {
  it('are all, with the channels of the examples', () => {
    expect(judged(shipped)).toMatchObject({
      names: [
        'approval',
        'both-release',
        'broken-release',
        'gated-release',
        'held-release',
        'hold',
        'iot-release',
        'job-release',
        'mi-release',
        'resume',
        'withdrawal',
      ],
      why: [],
    });
  });

  it('are all, with a product more', () => {
    expect(
      judged(`${shipped}\n  kettle: { sources: [a], channels: { beta: { createOtaTask: ${JSON.stringify(createOtaTask)} } } }\n`).why,
    ).toEqual([]);
  });

  it('do not exist with another product', () => {
    expect(judged(one('kettle', { stable: { createOtaTask } }))).toMatchObject({
      names: [],
      why: [
        'approval: channels.yml has no product smart-lock',
        'both-release: channels.yml has no product gateway',
        'broken-release: channels.yml has no product thermostat',
        'gated-release: channels.yml has no product smart-lock',
        'held-release: channels.yml has no product thermostat',
        'hold: channels.yml has no product thermostat',
        'iot-release: channels.yml has no product thermostat',
        'job-release: channels.yml has no product camera',
        'mi-release: channels.yml has no product hub',
        'resume: channels.yml has no product thermostat',
        'withdrawal: channels.yml has no product thermostat',
      ],
    });
  });

  it('are those of the only product', () => {
    expect(judged(one('hub', { stable: { createOtaTask } })).names).toEqual(['mi-release']);
  });

  it.each([
    ['a channel of another name', one('hub', { beta: { createOtaTask } }), 'channels.yml has no channel stable of hub'],
    [
      'another source',
      one('hub', { stable: { createOtaTask } }).replace('com.acme.firmware-ci', 'com.acme.ci'),
      'channels.yml does not list the source com.acme.firmware-ci for hub',
    ],
    [
      'another bucket',
      one('hub', { stable: { createOtaTask } }).replace('acme-firmware', 'acme.firmware'),
      'with channels.yml it is rejected: BUCKET_NOT_ALLOWED artifacts[0].fileLocation.s3Location.bucket: ',
    ],
  ])('are not those that the service would reject: %s', (_what, text, why) => {
    const reasons = judged(text).why;
    expect(reasons.filter((reason) => reason.startsWith('mi-release: '))).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    ['account', shipped.replaceAll('$'.concat('{aws:accountId}'), '123456789012'), '123456789012'],
    ['region', shipped.replaceAll('$'.concat('{aws:region}'), 'eu-central-1'), 'eu-central-1'],
  ])('are not those whose channel names things of another %s, which do not exist here', (_what, text, elsewhere) => {
    const { names, why } = judged(text);
    expect(names).toEqual(['broken-release', 'mi-release', 'withdrawal']);
    for (const reason of why.filter((each) => !each.endsWith(' is not published')))
      expect(reason).toMatch(
        new RegExp(`: channels\\.yml has arn:\\S*${elsewhere}\\S*, and the local service is account 000000000000 in us-east-1$`),
      );
  });

  it('end when they are created where the user has made their channel continuous', () => {
    const { applicable } = judged(shipped.replace('targetSelection: SNAPSHOT #', 'targetSelection: CONTINUOUS #'));
    const created = { 'detail-type': 'OTA Rollout Created', detail: { channel: 'beta' } };
    expect(applicable.find(({ name }) => name === 'iot-release')?.ends).toEqual([created]);
    expect(applicable.find(({ name }) => name === 'hold')?.after).toEqual([{ example: 'iot-release', ...created }]);
  });

  const ofGate = (text: string) => judged(text).why.filter((reason) => /^(?:gated-release|approval): /.test(reason));
  const approvalSkipped = 'approval: examples/gated-release.json is not published';
  const gate = 'on stable of smart-lock';

  it.each<[string, from: string | RegExp, to: string, why: string[]]>([
    [
      'a soak of a day',
      'soakMinutes: 8 ',
      'soakMinutes: 1440 ',
      [`gated-release: channels.yml has a gate ${gate} with soakMinutes: 1440, which is too long for an example`, approvalSkipped],
    ],
    [
      'times that may not be now',
      '# allowedTimes:',
      'allowedTimes:',
      [`gated-release: channels.yml has a gate ${gate} with allowedTimes, for which an example does not wait`, approvalSkipped],
    ],
    [
      'two approvals',
      /approvers: \[com.acme.release-board\]([\s\S]*)required: 1/,
      'approvers: [com.acme.release-board, com.acme.fleet]$1required: 2',
      [`gated-release: channels.yml has a gate ${gate} that needs approvals: 2, of which the examples have 1`, approvalSkipped],
    ],
    [
      'no approval',
      'approval: { required: 1, skip: [soakMinutes] }',
      '',
      ['approval: channels.yml asks for no approval on stable of smart-lock'],
    ],
    [
      'another approver',
      'com.acme.release-board',
      'com.acme.board',
      [
        'approval: channels.yml does not list the source com.acme.release-board for smart-lock to approve',
        `gated-release: channels.yml has a gate ${gate} that needs approvals: 1, of which the examples have 0`,
      ],
    ],
    [
      'no gate',
      / {8}after:\n(?: {10}.*\n)+([\s\S]*)approval: .*/,
      '$1',
      ['approval: channels.yml asks for no approval on stable of smart-lock', `gated-release: channels.yml has no gate ${gate}`],
    ],
  ])('are not those that a gate would keep waiting: %s', (_what, from, to, why) => {
    expect(ofGate(shipped.replace(from, to)).sort()).toEqual(why.sort());
  });

  it('are not those of a channel to which the user has added a gate, nor what comes after them, nor a hold that nothing would end', () => {
    const { why } = judged(
      shipped.replace('      stable:\n        createOTAUpdate:', '      stable:\n        after: beta\n        createOTAUpdate:'),
    );
    expect(why).toEqual([
      'held-release: channels.yml has a gate on stable of thermostat',
      'resume: examples/held-release.json is not published',
      'hold: examples/resume.json, which ends it, is not published',
    ]);
  });

  it('are not those that wait for a channel to which they do not publish', () => {
    const lab = '      lab: { createOtaTask: { OtaType: ONE_TIME, Target: [a], TaskConfigurationId: abc123 } }\n';
    const other = shipped
      .replace('channel: beta', 'channel: lab')
      .replace(
        /(approvers: .*\n {4}channels:\n)/,
        `$1${lab.replace('[a]', '["arn:aws:iotmanagedintegrations:us-east-1:000000000000:managed-thing/a"]')}`,
      );
    expect(ofGate(other)).toContain(
      `gated-release: channels.yml has a gate ${gate} that waits for lab, to which the example does not publish`,
    );
  });
});

describe('an example of a project', () => {
  const hub = (example: object) => {
    const validated = validateChannels(parse(one('hub', { stable: { createOtaTask } })), { ...place, stage: 'local' });
    if (!validated.ok) throw new Error(stringify(validated.errors));
    const release = examples.filter(({ name }) => name === 'mi-release').map((shown) => ({ ...shown, ...example }));
    const { applicable, skipped } = judgeExamples(release, validated.channels, place, 'channels.yml');
    return [applicable.map(({ name }) => name), skipped.map(({ why }) => why)];
  };

  it('needs no account, because the bus writes it', () => {
    expect(hub({ account: undefined })).toEqual([['mi-release'], []]);
    expect(hub({ account: '111122223333' })).toEqual([['mi-release'], []]);
  });

  it('is skipped if the one that it comes after does not exist', () => {
    const after = [{ example: 'gone', 'detail-type': 'OTA Rollout Created', detail: {} }];
    expect(hub({ after })).toEqual([[], ['examples/gone.json is not published']]);
  });
});

describe('the release that npm start and ota start offer to try', () => {
  const project = mkdtempSync(join(tmpdir(), 'ota-dispatch-release-'));
  afterAll(() => rmSync(project, { recursive: true }));
  const channelsOf = (text: string) => {
    const validated = validateChannels(parse(text), { ...place, stage: 'local' });
    if (!validated.ok) throw new Error(stringify(validated.errors));
    return validated.channels;
  };
  const hub = channelsOf(one('hub', { stable: { createOtaTask } }));

  it('is the one of the examples, if it fits the channels', () => {
    expect(releaseToTry(channelsOf(shipped), place, [])).toEqual({
      file: 'examples/details/my-release.json',
      product: 'thermostat',
      note: 'app.bin can be any file',
    });
    expect(releaseToTry(hub, place, []).note).toBe('write my-release.json like examples/details/my-release.json, for hub on stable');
  });

  it('is like an example of a project that has no release to try', () => {
    const fitting = examples.filter(({ name }) => name === 'hold' || name === 'mi-release');
    expect(releaseToTry(hub, place, fitting, project)).toEqual({
      file: 'my-release.json',
      product: 'hub',
      note: 'write my-release.json like examples/mi-release.json, with another version; app.bin can be any file',
    });
  });

  it('is like the example of the package in a project without examples', () => {
    const like = relative(project, join(root, 'schemas', 'firmware-release-published.example.json'));
    expect(releaseToTry(hub, place, [], project)).toEqual({
      file: 'my-release.json',
      product: 'hub',
      note: `write my-release.json like ${like}, for hub on stable`,
    });
  });

  it.each([
    ['{', /^first correct examples\/details\/my-release\.json: it is not JSON: ./],
    ['null', /^first correct examples\/details\/my-release\.json: it is not a JSON object$/],
  ])('has a note on its file if that is %s', (text, note) => {
    mkdirSync(join(project, 'examples', 'details'), { recursive: true });
    writeFileSync(join(project, 'examples', 'details', 'my-release.json'), text);
    expect(releaseToTry(hub, place, examples, project)).toMatchObject({ product: 'hub', note: expect.stringMatching(note) });
  });

  it('is the one that a project has at the same place', () => {
    const detail = { ...examples.find(({ name }) => name === 'mi-release')?.detail, version: '7.7.7' };
    mkdirSync(join(project, 'examples', 'details'), { recursive: true });
    writeFileSync(join(project, 'examples', 'details', 'my-release.json'), JSON.stringify(detail));
    expect(releaseToTry(hub, place, examples, project)).toMatchObject({ file: 'examples/details/my-release.json', product: 'hub' });
  });
});
