import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { validateChannels } from '../../domain/channels/validate.ts';
import { foreignArnLines, judgeExamples } from '../../local/applicable-examples.ts';
import { readExamples } from '../../local/example-files.ts';
import { root } from '../../scripts/given-file.ts';
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
      names: ['both-release', 'broken-release', 'iot-release', 'mi-release', 'withdrawal'],
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
        'both-release: channels.yml has no product gateway',
        'broken-release: channels.yml has no product thermostat',
        'iot-release: channels.yml has no product thermostat',
        'mi-release: channels.yml has no product hub',
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
    for (const reason of why)
      expect(reason).toMatch(
        new RegExp(`: channels\\.yml has arn:\\S*${elsewhere}\\S*, and the local service is account 000000000000 in us-east-1$`),
      );
  });

  it('end when they are created where the user has made their channel continuous', () => {
    const { applicable } = judged(shipped.replace('targetSelection: SNAPSHOT #', 'targetSelection: CONTINUOUS #'));
    expect(applicable.find(({ name }) => name === 'iot-release')?.ends).toEqual([
      { 'detail-type': 'OTA Rollout Created', detail: { channel: 'beta' } },
    ]);
  });
});
