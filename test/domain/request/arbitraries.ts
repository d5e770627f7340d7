import fc from 'fast-check';
import { accountId, managedThing, now, region, roleArn, source, thing } from '../../../proof/support/fixtures.ts';

/** Names that JavaScript reserves. The service refuses them everywhere. */
const reserved = /__proto__|constructor|prototype/;
const word = fc.stringMatching(/^[a-zA-Z0-9]{1,12}$/).filter((text) => !reserved.test(text));
const people = fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 40 }).filter((text) => /^[^\p{C}]+$/u.test(text));
const optional = <T extends Record<string, fc.Arbitrary<unknown>>>(members: T) => fc.record(members, { requiredKeys: [] });
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const attributes = fc.dictionary(word, people, { maxKeys: 4 });

const signing = fc.oneof(
  fc.record({ awsSignerJobId: word }),
  fc.record({
    customCodeSigning: fc.record(
      {
        signature: fc.record({
          inlineDocument: fc.uint8Array({ minLength: 1, maxLength: 72 }).map((bytes) => Buffer.from(bytes).toString('base64')),
        }),
        certificateChain: optional({ certificateName: word, inlineDocument: people }),
        hashAlgorithm: fc.constantFrom('SHA256', 'SHA1'),
        signatureAlgorithm: fc.constantFrom('ECDSA', 'RSA'),
      },
      { requiredKeys: ['signature', 'hashAlgorithm', 'signatureAlgorithm'] },
    ),
  }),
);
const key = fc.array(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((part) => part !== '.' && part !== '..'),
  { minLength: 1, maxLength: 3 },
);

/** An artifact in S3, as an event may carry it. */
const artifact = fc.record(
  {
    fileName: word.map((name) => `/${name}`),
    fileType: fc.integer({ min: 0, max: 255 }),
    fileVersion: word,
    fileLocation: fc.record({
      s3Location: fc.record({
        bucket: fc.constant('acme-firmware'),
        key: key.map((parts) => parts.join('/')),
        version: word.filter((version) => version !== 'null'),
      }),
    }),
    sha256: hex,
    sizeBytes: fc.integer({ min: 1, max: 16 * 1024 * 1024 }),
    codeSigning: signing,
    attributes,
  },
  { requiredKeys: ['fileLocation', 'sha256', 'codeSigning'] },
);

const version = fc
  .tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.constantFrom('', '-rc.1', '-alpha.b-c'), fc.constantFrom('', '+build.7', '+b'))
  .map(([major, minor, patch, pre, build]) => `${major}.${minor}.${patch}${pre}${build}`);

/** The detail of a release that every channel of {@link channelsFile} accepts. */
export const releaseDetail = fc.record(
  {
    product: fc.constant('thermostat'),
    version,
    channels: fc.subarray(['beta', 'hub', 'once', 'camera', 'gateway'], { minLength: 1 }),
    artifacts: fc.array(artifact, { minLength: 1, maxLength: 3 }),
    revision: fc.integer({ min: 1, max: 99 }),
    description: people,
    tags: fc.dictionary(word, people, { maxKeys: 10 }),
    hardware: fc.array(word, { maxLength: 3 }),
    notAfter: fc.date({ min: new Date('2027-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
    dryRun: fc.boolean(),
    correlationId: word,
  },
  { requiredKeys: ['product', 'version', 'channels', 'artifacts'] },
);

const perMinute = fc.integer({ min: 1, max: 1000 });
const atLeastOne = fc.integer({ min: 1, max: 1_000_000 });
const rollout = fc.oneof(
  fc.record({ maximumPerMinute: perMinute }),
  fc.record({
    exponentialRate: fc.record({
      baseRatePerMinute: perMinute,
      incrementFactor: fc.integer({ min: 11, max: 50 }).map((tenths) => tenths / 10),
      rateIncreaseCriteria: fc.oneof(fc.record({ numberOfNotifiedThings: atLeastOne }), fc.record({ numberOfSucceededThings: atLeastOne })),
    }),
  }),
);
const abortCriteria = fc.array(
  fc.record({
    failureType: fc.constantFrom('FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'),
    action: fc.constant('CANCEL'),
    thresholdPercentage: fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
    minNumberOfExecutedThings: atLeastOne,
  }),
  { minLength: 1, maxLength: 3 },
);
const abort = fc.record({ abortCriteriaList: abortCriteria });
const timeout = fc.record({ inProgressTimeoutInMinutes: fc.integer({ min: 1, max: 10_080 }) });
const fileEntry = optional({
  fileType: fc.integer({ min: 0, max: 255 }),
  fileVersion: word,
  attributes,
  codeSigning: fc.record({ startSigningJobParameter: fc.record({ signingProfileName: fc.stringMatching(/^[a-zA-Z0-9_]{2,64}$/) }) }),
});
const tags = fc.uniqueArray(word, { maxLength: 10 });
const groups = fc.uniqueArray(word, { minLength: 1, maxLength: 100 });

const otaUpdate = fc.record(
  {
    targets: groups.map((names) => names.map(thing)),
    roleArn: fc.constant(roleArn),
    description: people,
    protocols: fc.subarray(['MQTT', 'HTTP'], { minLength: 1 }),
    targetSelection: fc.constantFrom('SNAPSHOT', 'CONTINUOUS'),
    awsJobExecutionsRolloutConfig: rollout,
    awsJobPresignedUrlConfig: fc.record({ expiresInSec: fc.integer({ min: 60, max: 3600 }) }),
    awsJobAbortConfig: abort,
    awsJobTimeoutConfig: timeout,
    files: fileEntry.map((entry) => [entry]),
    additionalParameters: attributes,
    tags: tags.map((keys) => keys.map((Key) => ({ Key, Value: Key }))),
  },
  { requiredKeys: ['targets', 'roleArn'] },
);
const retries = fc.record({
  RetryConfigCriteria: fc.array(
    fc.record({ FailureType: fc.constantFrom('FAILED', 'TIMED_OUT', 'ALL'), MinNumberOfRetries: fc.integer({ min: 0, max: 10 }) }),
    { maxLength: 2 },
  ),
});
const common = {
  TaskConfigurationId: fc.constant('abc123'),
  Description: fc.stringMatching(/^[0-9A-Za-z_\- ]{1,256}$/),
  Protocol: fc.constant('HTTP'),
  OtaMechanism: fc.constant('PUSH'),
  OtaTaskExecutionRetryConfig: retries,
  Tags: fc.dictionary(word, word, { minKeys: 1, maxKeys: 10 }),
};
const hub = fc.record(
  { ...common, OtaType: fc.constant('CONTINUOUS'), OtaTargetQueryString: word.map((name) => `attributes.a=${name}`) },
  { requiredKeys: ['OtaType', 'OtaTargetQueryString', 'TaskConfigurationId'] },
);
const once = fc.record(
  { ...common, OtaType: fc.constant('ONE_TIME'), Target: groups.map((names) => names.map(managedThing)) },
  { requiredKeys: ['OtaType', 'Target', 'TaskConfigurationId'] },
);

const inMinutes = (min: number, max: number) =>
  fc.integer({ min, max }).map((minutes) => new Date(now + minutes * 60_000).toISOString().slice(0, 16));
const DAY = 24 * 60;
const scheduleOnce = optional({ startTime: inMinutes(30, 100 * DAY), endTime: inMinutes(101 * DAY, 730 * DAY) });
const windows = fc.array(
  fc.record({
    startTime: fc.constantFrom('cron(0 2 ? * SUN *)', 'cron(30 1 L * ? *)', 'cron(0 0 ? * MON-FRI *)'),
    durationInMinutes: fc.integer({ min: 1, max: 1430 }),
  }),
  { minLength: 1, maxLength: 2 },
);
const ending = { endBehavior: fc.constantFrom('STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'), endTime: inMinutes(30, 730 * DAY) };
const scheduleOfSelection = fc.oneof(
  fc.record({ targetSelection: fc.constantFrom('SNAPSHOT', 'CONTINUOUS'), schedulingConfig: scheduleOnce }),
  fc.record({ targetSelection: fc.constantFrom('SNAPSHOT', 'CONTINUOUS'), schedulingConfig: fc.record(ending) }),
  fc.record({ targetSelection: fc.constant('CONTINUOUS'), schedulingConfig: fc.record({ maintenanceWindows: windows }) }),
  fc.record({}),
);
const jobMembers = {
  targets: fc.uniqueArray(word, { minLength: 1, maxLength: 5 }).map((names) => names.map(thing)),
  presignedUrlConfig: fc.record(
    { roleArn: fc.constant(roleArn), expiresInSec: fc.integer({ min: 60, max: 3600 }) },
    { requiredKeys: ['roleArn'] },
  ),
  description: people,
  jobExecutionsRolloutConfig: rollout,
  abortConfig: fc.record({ criteriaList: abortCriteria }),
  timeoutConfig: timeout,
  jobExecutionsRetryConfig: fc.record({
    criteriaList: fc
      .array(fc.record({ failureType: fc.constantFrom('FAILED', 'ALL'), numberOfRetries: fc.integer({ min: 0, max: 10 }) }), {
        minLength: 1,
        maxLength: 2,
      })
      .filter((criteria) => criteria.reduce((sum, { numberOfRetries }) => sum + numberOfRetries, 0) <= 10),
  }),
  namespaceId: fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/),
  destinationPackageVersions: fc.array(
    word.map((name) => `arn:aws:iot:${region}:${accountId}:package/${name}/version/1.0.0`),
    { minLength: 1, maxLength: 3 },
  ),
  tags: tags.map((keys) => keys.map((Key) => ({ Key, Value: Key }))),
};
const job = fc
  .tuple(fc.record(jobMembers, { requiredKeys: ['targets', 'presignedUrlConfig'] }), scheduleOfSelection)
  .map(([members, schedule]) => ({ ...members, ...schedule }));
/** Members of a job document that no control plane reserves. */
const jobDocument = fc
  .dictionary(
    word.map((name) => `x${name}`),
    fc.jsonValue({ maxDepth: 2 }),
  )
  .filter((members) => !reserved.test(JSON.stringify(members)));

/** A channels.yml as data: five channels, one of each kind. */
export const channelsFile = fc.record({
  artifactBuckets: fc.constant(['acme-firmware']),
  products: fc.record({
    thermostat: fc.record({
      sources: fc.constant([source]),
      channels: fc.record({
        beta: fc.record(
          { createOTAUpdate: otaUpdate, targetsFromRelease: fc.constant([`arn:aws:iot:${region}:${accountId}:thing/*`]) },
          { requiredKeys: ['createOTAUpdate'] },
        ),
        hub: fc.record(
          {
            createOtaTask: hub,
            jobDocument,
          },
          { requiredKeys: ['createOtaTask'] },
        ),
        once: fc.record({ createOtaTask: once, scheduleFromRelease: fc.constant('allow') }, { requiredKeys: ['createOtaTask'] }),
        camera: fc.record(
          { createJob: job, format: fc.constant('device-client'), unguarded: fc.constant('allow'), jobDocument },
          { requiredKeys: ['createJob', 'format'] },
        ),
        gateway: fc.record(
          { createJob: job, format: fc.constant('plain'), artifactUrl: fc.constant('https://cdn.example.com/{key}?v={version}') },
          { requiredKeys: ['createJob', 'format'] },
        ),
      }),
    }),
  }),
});

/** `value` with any one member removed or replaced by any value. */
export function spoiled<T>(values: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constant(undefined),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', 0, -1, [], {}, null, 1e21, 'x'.repeat(5000)),
  );
  return fc.tuple(values, fc.nat(), anything).map(([value, where, instead]) => {
    const copy = structuredClone(value);
    const places = placesIn(copy);
    const [parent, name] = places[where % places.length] ?? [{}, ''];
    if (instead === undefined && !Array.isArray(parent)) delete parent[name];
    else parent[name] = instead ?? null;
    return copy;
  });
}

function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((name) => [[parent, name] as [Record<string, unknown>, string], ...placesIn(parent[name])]);
}

/** Another text of the same JSON: members in another order, white space, letters as \u escapes. */
export function rewritten(value: unknown, choose: () => number): string {
  const gap = () => [' ', '\n', '', '\t '][choose() % 4];
  if (Array.isArray(value)) return `[${gap()}${value.map((item) => rewritten(item, choose)).join(`${gap()},`)}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(() => (choose() % 2) * 2 - 1);
    return `{${members.map(([name, item]) => `${gap()}${rewritten(name, choose)}:${gap()}${rewritten(item, choose)}`).join(',')}${gap()}}`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  const units = value
    .split('')
    .map((unit) => (choose() % 3 === 0 ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : JSON.stringify(unit).slice(1, -1)));
  return `"${units.join('')}"`;
}
