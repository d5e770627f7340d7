import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandNames } from '../../cli/commands.ts';
import { alreadyLine, type Ending, endingLine } from '../../cli/ending.ts';
import { exitStatuses } from '../../cli/exit-statuses.ts';
import { explain } from '../../cli/explain.ts';
import { followWithdrawal } from '../../cli/follow-withdrawal.ts';
import { changeLine } from '../../cli/progress-words.ts';
import { publishAndFollow } from '../../cli/publish-and-follow.ts';
import { parseRelease } from '../../domain/release/release.ts';
import { acceptedRelease } from '../../domain/rollout/claim.ts';
import type { HistoryEntry, Rollout } from '../../domain/rollout/rollout.ts';
import { untilStopped } from '../../operator/actions/until-stopped.ts';
import { upload, uploadLine } from '../../operator/events/upload.ts';
import { nameOfChannels, nameOfRegion } from '../../operator/stage/channels-of-stage.ts';
import { configurationOf } from '../../operator/stage/configuration.ts';
import { sourceOfProduct } from '../../operator/stage/source-of-product.ts';
import { openStage, type Stage } from '../../operator/stage/stage.ts';
import { intentLines, withdrawalLines } from '../../operator/words/withdrawal-words.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { aRecordedWithdrawal, aRollout, someCounts } from '../../proof/support/a-rollout.ts';
import { nodeProblem } from '../../scripts/command.ts';
import { helpLines } from '../../scripts/layout.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { otaInProcess } from './in-process.ts';

/*
 * Every message of the command line stands here exactly once, with what triggers it. The other tests pin exit statuses,
 * rejection codes, paths and ids, so that a message can be reworded in two places: in the code, and here.
 */

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ota-messages-'));
const file = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
const channels = readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8');

const artifact = (bucket: string, version = 'v1') => ({
  fileName: '/app.bin',
  fileLocation: { s3Location: { bucket, key: 'app.bin', version } },
  sha256: 'aa'.repeat(32),
});
const release = {
  product: 'thermostat',
  version: '2.0.0',
  channels: ['beta'],
  hardware: ['T6-B', 'T6-C'],
  artifacts: [artifact('acme-firmware')],
};
const published = { source: 'com.acme.firmware-ci', 'detail-type': 'Firmware Release Published', detail: release };
const withdrawn = { ...published, 'detail-type': 'Firmware Release Withdrawn', detail: { product: 'hub', version: '1.0.0' } };

let aws: TestAws;
let stage: Stage;
const queues: Record<string, string> = {};
beforeAll(async () => {
  mkdirSync(join(folder, 'a-folder'));
  writeFileSync(join(folder, 'not-json.json'), '{');
  writeFileSync(join(folder, 'app.bin'), 'firmware');
  writeFileSync(join(folder, 'invalid.yml'), channels.replace('incrementFactor: 2', 'incrementFactor: 9'));
  writeFileSync(join(folder, 'shared.yml'), channels.replace('thinggroup/gateways', 'thinggroup/thermostat-beta'));
  writeFileSync(
    join(folder, 'own-description.yml'),
    channels.replace(/(beta:\n +)(createOTAUpdate:\n +)/, '$1$2description: ours\n          '),
  );
  file('text.json', 'text');
  file('release.json', release);
  file('event.json', published);
  file('described.json', { ...release, description: 'theirs' });
  file('withdrawal-event.json', withdrawn);
  file('withdrawal.json', withdrawn.detail);
  const { product, version } = release;
  file('approval.json', { product, version, channels: ['beta'], approvedBy: 'kim' });
  file('hold.json', { product, holdId: 'fair', reason: 'trade fair' });
  file('resume.json', { product, holdId: 'fair' });
  file('unknown-type.json', { ...published, 'detail-type': 'Firmware Release Publishd' });
  file('unknown-product.json', { ...release, product: 'toaster' });
  file('unknown-channel.json', { ...release, channels: ['beat'] });
  file('entries.json', [{ Source: published.source, DetailType: 'Firmware Release Published', Detail: JSON.stringify(release) }]);
  writeFileSync(join(folder, 'buckets.yml'), channels.replace('[acme-firmware]', '[acme-firmware, acme-other, acme-unversioned]'));
  file('not-uploaded.json', { ...release, artifacts: [artifact('acme-firmware', 'set-at-upload')] });
  file('not-uploaded-and-unknown.json', {
    ...release,
    channels: ['beat'],
    artifacts: [{ ...artifact('acme-firmware', 'set-at-upload'), sha256: undefined }],
  });
  file('not-uploaded-yet.json', { ...release, artifacts: [{ ...artifact('acme-firmware', 'set-at-upload'), sha256: undefined }] });
  writeFileSync(join(folder, 'empty.bin'), '');
  writeFileSync(join(folder, 'huge.bin'), '');
  truncateSync(join(folder, 'huge.bin'), 2 ** 31);
  file('two-artifacts.json', { ...release, artifacts: [artifact('acme-firmware'), artifact('acme-firmware')] });
  file('no-bucket.json', { ...release, artifacts: [artifact('acme-other')] });
  file('no-versioning.json', { ...release, artifacts: [artifact('acme-unversioned')] });

  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  await createTable(aws.dynamodb, ledgerTable('ota-dispatch-local-ledger'));
  await aws.events.send(new CreateEventBusCommand({ Name: stage.bus }));
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'acme-unversioned' }));
  for (const suffix of ['rejected', 'releases', 'rule-dlq']) {
    const MaximumMessageSize = suffix === 'releases' ? '1024' : '2048';
    const QueueName = `ota-dispatch-local-${suffix}`;
    const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName, Attributes: { MaximumMessageSize } }));
    queues[suffix] = QueueUrl;
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.stop();
});
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
  vi.stubEnv('INIT_CWD', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Types one line. ENDPOINT stands for the endpoint of the local AWS, and '' for an empty argument. */
const type = (line: string) =>
  otaInProcess(...line.split(' ').map((word) => (word === 'ENDPOINT' ? aws.endpoint : word === "''" ? '' : word)));

type Message = string | RegExp;
const line = (message: Message) => (typeof message === 'string' ? `${message}\n` : expect.stringMatching(message));

/** Wrong usage: exit status 2, nothing on stdout, one line on stderr. */
const wrongUsage: readonly (readonly [typed: string, message: Message])[] = [
  ['chekc', 'ota: there is no command "chekc": did you mean check?'],
  ['deploy', /^ota: there is no command "deploy": use plan, check, status, [a-z, -]+\n$/],
  ['check --colour', "ota check: Unknown option '--colour'; see --help"],
  ['publish x.json --channel a', 'ota publish: there is no option --channel: name the channels in the member channels of the file'],
  ['promote hub 1.0.0 --channel stable', 'ota promote: there is no option --channel: did you mean --to?'],
  ['hold hub --channel stable --reason why', 'ota hold: there is no option --channel: write the channel after the product'],
  ['resume hub --channel stable', 'ota resume: there is no option --channel: write the channel after the product'],
  ['approve hub 1.0.0 --channel stable', 'ota approve: there is no option --channel: write the channel after the version'],
  ['deny hub 1.0.0 --channel stable', 'ota deny: there is no option --channel: write the channel after the version'],
  ['devices hub 1.0.0 --channel stable', 'ota devices: there is no option --channel: write the channel after the version'],
  ['check --chanels=channels.yml', 'ota check: there is no option --chanels: did you mean --channels?'],
  ['check channels.yml', "ota check: Unexpected argument 'channels.yml'; see --help"],
  ['check --json=yes', "ota check: Option '--json' does not take an argument; see --help"],
  ['check --channels', 'ota check: --channels needs a value; see --help'],
  ['check --channels none.yml', 'ota check: cannot read none.yml: no such file'],
  ['check --channels a-folder', 'ota check: cannot read a-folder: it is a folder'],
  ['check --account 12', 'ota check: --account takes 12 digits, not 12'],
  ['check --region Ireland', 'ota check: --region takes a region such as eu-west-1, not Ireland'],
  ["check --region ''", 'ota check: --region takes a region such as eu-west-1, not nothing'],

  ['plan', 'ota plan: exactly one file is required: a whole event or the detail of a release'],
  [
    'plan withdrawal.json',
    'ota plan: the file holds a withdrawal, which creates nothing at AWS, and only a release can be planned: use npm run ota -- withdraw',
  ],
  [
    'plan approval.json',
    'ota plan: the file holds an approval, which creates nothing at AWS, and only a release can be planned: use npm run ota -- approve',
  ],
  [
    'plan hold.json',
    'ota plan: the file holds a hold, which creates nothing at AWS, and only a release can be planned: use npm run ota -- hold',
  ],
  [
    'plan resume.json',
    'ota plan: the file holds a resume, which creates nothing at AWS, and only a release can be planned: use npm run ota -- resume',
  ],

  ['publish approval.json', 'ota publish: the file holds an approval: use npm run ota -- approve'],
  ['publish', 'ota publish: exactly one file is required: a whole event or the detail of a release'],
  [
    'publish withdrawal.json',
    'ota publish: the file holds the detail of a withdrawal: use npm run ota -- withdraw, or publish a whole event',
  ],
  ['publish release.json --timeout soon', 'ota publish: --timeout takes minutes such as 30, not soon'],
  ['publish release.json --until 101', 'ota publish: --until takes a percentage from 1 to 100, not 101'],
  [
    'publish release.json --no-wait --wait-for-gates',
    'ota publish: --no-wait does not follow, so --wait-for-gates has no effect: leave out one of them',
  ],
  ['publish release.json --no-wait --until 80', 'ota publish: --no-wait does not follow, so --until has no effect: leave out one of them'],
  [
    'publish release.json --channels invalid.yml',
    'ota publish: invalid.yml is invalid: run npm run ota -- check --stage local --channels invalid.yml to see why',
  ],
  ['publish not-uploaded.json', 'ota publish: artifacts[0].fileLocation.s3Location.version: still "set-at-upload": pass --upload FILE'],
  ['publish not-uploaded-yet.json', 'ota publish: artifacts[0].fileLocation.s3Location.version: still "set-at-upload": pass --upload FILE'],
  [
    'publish release.json --upload huge.bin',
    'ota publish: huge.bin has 2 GiB or more, and --upload takes less: put it into S3 yourself, and give version, sha256 and sizeBytes in the release',
  ],
  ['publish release.json --upload empty.bin', 'ota publish: empty.bin is empty: --upload takes the firmware, which has at least 1 byte'],
  [
    'publish release.json --bus firmware-prd',
    'ota publish: there is no bus firmware-prd: check --stage, --bus, and the account and region of your credentials',
  ],
  [
    'publish two-artifacts.json --upload app.bin',
    'ota publish: --upload needs an event with exactly one artifact, and its fileLocation.s3Location with bucket and key',
  ],
  [
    'publish no-bucket.json --upload app.bin --channels buckets.yml',
    'ota publish: there is no bucket acme-other: add it to artifactBuckets in channels.yml and restart npm start',
  ],
  [
    'publish no-versioning.json --upload app.bin --channels buckets.yml',
    'ota publish: bucket acme-unversioned is not versioned, so the released object could be replaced later: enable versioning',
  ],

  ['promote thermostat', 'ota promote: exactly a product and a version are required'],
  ['promote thermostat 2.0.0', 'ota promote: --to is required, such as --to beta'],
  [
    'promote thermostta 2.0.0 --to beta',
    'ota promote: examples/channels.yml has no product "thermostta": did you mean thermostat? it has thermostat, hub, gateway, smart-lock, camera; use --channels for another file',
  ],
  [
    'promote gateway 2.0.0 --to hub',
    'ota promote: examples/channels.yml has no channel "hub": did you mean hubs? gateway has gateways, hubs; use --channels for another file',
  ],

  ['withdraw thermostat', 'ota withdraw: exactly a product and a version are required'],
  ['withdraw hub 1.0.0 --revision 0', 'ota withdraw: --revision takes a whole number of at least 1, not 0'],
  [
    'withdraw hbu 1.0.0',
    'ota withdraw: examples/channels.yml has no product "hbu": did you mean hub? it has thermostat, hub, gateway, smart-lock, camera; use --channels for another file',
  ],
  ['withdraw hub 1.0.0', 'ota withdraw: hub has no rollout of version "1.0.0": it has none; if it is yet to come, add --ahead'],
  ['withdraw hub 1.0.0 --stage prod', 'ota withdraw: a withdrawal on stage prod needs a terminal to ask you, or --yes'],

  ['status a b c', 'ota status: give at most a product and a version'],
  [
    'status --since yesterday',
    'ota status: --since takes a span such as 30m, 6h or 2d, or an instant such as 2026-11-30T08:00:00Z, not yesterday',
  ],
  ['rejected --body', 'ota rejected: --body needs --id MESSAGE'],
  [
    'status --stage prod --endpoint ENDPOINT',
    'ota status: stage prod has no ledger: check --stage, and the account and region of your credentials',
  ],
  [
    'status --stage loacl --endpoint ENDPOINT',
    'ota status: stage loacl has no ledger: did you mean --stage local? check it, and the account and region of your credentials',
  ],
  [
    'rejected --stage prod --endpoint ENDPOINT',
    'ota rejected: stage prod has no queue ota-dispatch-prod-rejected: check --stage, and the account and region of your credentials',
  ],
  ['redrive --queue mine', 'ota redrive: there is no queue "mine": there are rejected, releases, steering, follow-ups, rule'],
  [
    'redrive --queue followups',
    'ota redrive: there is no queue "followups": did you mean follow-ups? there are rejected, releases, steering, follow-ups, rule',
  ],

  [
    'diff',
    'ota diff: give BEFORE, or --stage S of a deployed stage: npm run ota -- diff --save before.json writes the template as it is now',
  ],
  [
    'diff nowhere.json',
    'ota diff: cannot read nowhere.json: no such file: give cloudformation-template-update-stack.json of a package, the folder of a package, or what --save wrote',
  ],
  ['diff a b c', 'ota diff: give at most BEFORE and AFTER'],
  ['diff a --save b', 'ota diff: --save compares nothing: leave out BEFORE, or --save'],
  ['diff --stage prod --param kmsKey', 'ota diff: --param takes NAME=VALUE such as kmsKey=create, not kmsKey'],
  ["diff --stage prod --param ''", 'ota diff: --param takes NAME=VALUE such as kmsKey=create, not nothing'],
  ['diff a --endpoint http://127.0.0.1:1', 'ota diff: --endpoint is for what is deployed: leave out BEFORE, or --endpoint'],
  [
    'diff --stage prod --endpoint http://127.0.0.1:1',
    'ota diff: nothing listens at http://127.0.0.1:1: start the local service with npm start, or pass --endpoint or --stage',
  ],

  ['init', 'ota init: exactly one folder is required, such as my-fleet; see --help'],
  ['init release.json', 'ota init: release.json is not a folder: name a new or an empty one'],
  ['init mine', 'ota init: a clone is not a package: run npm pack, and name the file that it prints with --package'],
  ['init mine --package 1.0.0 --from-cli release.json', /^ota init: release\.json has no member of a request that starts an update: .+\n$/],

  ['import-files', 'ota import-files: --stage is required, such as --stage prod'],
  [
    'import-files --stage prod --endpoint localhost',
    'ota import-files: the endpoint must be a URL such as http://127.0.0.1:4566, not localhost',
  ],
  [
    'import-files --stage prod --package nowhere',
    'ota import-files: cannot read nowhere/cloudformation-template-update-stack.json: no such file: run npm exec --no -- serverless package --stage prod with the parameters of the stage, or name its folder with --package',
  ],

  ['fault', 'ota fault: exactly one kind, or list, or clear is required; see --help'],
  ['fault throttle', 'ota fault: --service is required, such as --service iot; see --help'],
  ['fault throttle --service iot --times x', 'ota fault: --times takes a whole number such as 3, not x'],
  ["fault throttle --service iot --times ''", 'ota fault: --times takes a whole number such as 3, not nothing'],
  ['fault throttle --service iot --above 1e9', 'ota fault: --above takes a number such as 10, not 1e9'],
  ['fault throttle --service iot --probability 1.5', 'ota fault: --probability takes a number from 0 to 1, not 1.5'],
  [
    'fault throtle --service iot',
    'ota fault: kind: must be one of throttle, error500, error503, lateError500, lateError503, quota410, lostReply, stalledBody, staleConnection, slow, outage, createFailed, eventLost, eventTwice, eventLate: did you mean throttle?',
  ],
  ['fault throttle --service iots', 'ota fault: service: iots does not exist here: did you mean iot?'],
  ['fault throttle --service foo', /^ota fault: service: foo does not exist here; the services are sqs, .+, sns\n$/],
  [
    'fault throttle --service iot --operation CreateOtaUpdate',
    'ota fault: operation: iot has no operation CreateOtaUpdate here: did you mean CreateOTAUpdate?',
  ],
  [
    'fault throttle --service sts --operation Whoami',
    'ota fault: operation: sts has no operation Whoami here; its operations are GetCallerIdentity',
  ],
  ['fault list --endpoint localhost:4566', 'ota fault: the endpoint must be a URL such as http://127.0.0.1:4566, not localhost:4566'],
  [
    'fault list --endpoint http://127.0.0.1:1',
    'ota fault: nothing listens at http://127.0.0.1:1: start the local service with npm start, or pass --endpoint or --stage',
  ],
];

/** Commands that end without help from the service: their exit status, stdout and stderr. */
const results: readonly (readonly [typed: string, status: number, stdout: Message, stderr?: Message])[] = [
  ['check', 0, 'examples/channels.yml: ok, 5 products, 8 channels'],
  ['check --channels shared.yml', 0, /^shared\.yml: ok, /, /^shared\.yml:\d+: warning: products\.gateway\.\S+: .+\n$/],
  ['check --channels invalid.yml', 1, /^$/, /^invalid\.yml:\d+: products\.thermostat\.\S+\.incrementFactor: .+\ninvalid\.yml: 1 error\n$/],
  ['status', 0, 'no rollouts'],
  ['status thermostat 2.4.1', 0, 'no rollouts of thermostat'],
  ['rejected', 0, 'nothing was rejected'],
  ['rejected --id none', 1, /^$/, 'ota rejected: message none is not in the queue rejected: leave out --id to see all'],
  ['redrive', 0, 'the queue rejected is empty, nothing to redrive'],
  ['redrive --id none', 1, 'message none is not in the queue rejected, nothing to redrive'],
  ['fault throttle --service iot', 0, /^fault \d+ is armed: throttle of iot, until npm run ota -- fault clear\n$/],
  [
    'fault error500 --service sqs --operation SendMessage --times 1 --after 2 --probability 0.5 --above 10 --for 60000',
    0,
    /^fault \d+ is armed: error500 of sqs SendMessage, after the first 2 requests, each with probability 0\.5, only above 10 a second, at most 1 time, for 60000 ms\n$/,
  ],
  [
    'fault createFailed --service iot --after 1 --times 0',
    0,
    /^fault \d+ is armed: createFailed of iot, after the first 1 creations, at most 0 times\n$/,
  ],
  [
    'fault list',
    0,
    /^fault \d+ \(armed, struck 0\): throttle of iot, until npm run ota -- fault clear\nfault \d+ \(armed, struck 0\): error500 .+\nfault \d+ \(used up, struck 0\): createFailed .+\n$/,
  ],
  ['fault clear', 0, 'all faults are cleared'],
  ['fault list', 0, 'no faults are armed'],
  [
    'publish release.json --no-wait',
    0,
    /^published thermostat 2\.0\.0 to beta \(event [0-9a-f-]{36}\)\nlook at it with npm run ota -- status thermostat 2\.0\.0\n$/,
  ],
  [
    'publish described.json --no-wait --channels own-description.yml',
    0,
    /^published /,
    'warning: description: is not sent, because the channel has a description of its own (beta)',
  ],
  [
    'publish withdrawal-event.json --no-wait',
    0,
    /^published the withdrawal of hub 1\.0\.0 \(event [0-9a-f-]{36}\)\nlook at it with npm run ota -- status hub 1\.0\.0\n$/,
  ],
  [
    'withdraw hub 1.0.0 --ahead --no-wait',
    0,
    /^published the withdrawal of hub 1\.0\.0 \(event [0-9a-f-]{36}\)\nlook at it with npm run ota -- status hub 1\.0\.0\n$/,
  ],
  ['publish not-json.json', 1, /^rejected: MALFORMED_JSON \$: .+\nnothing was published\n$/],
  ['publish entries.json', 1, /^rejected: NOT_AN_EVENT \$: this is an entry of PutEvents, .+\nnothing was published\n$/],
  ['publish text.json', 1, /^rejected: NOT_AN_EVENT \$: .+\nnothing was published\n$/],
  ['publish unknown-type.json', 1, /^rejected: UNKNOWN_DETAIL_TYPE detail-type: .+\nnothing was published\n$/],
  [
    'publish unknown-product.json',
    1,
    /^rejected: UNKNOWN_PRODUCT product: .+\nnothing was published; judged with examples\/channels\.yml, use --channels for another file\n$/,
  ],
  [
    'publish unknown-channel.json',
    1,
    /^rejected: UNKNOWN_CHANNEL channels\[0\]: .+ did you mean beta\? it has beta, stable\nnothing was published; .+\n$/,
  ],
  [
    'publish not-uploaded-and-unknown.json',
    1,
    /^rejected: UNKNOWN_CHANNEL channels\[0\]: [^\n]+\nnothing was published; .+\n$/,
    'artifacts[0].fileLocation.s3Location.version: still "set-at-upload": pass --upload FILE',
  ],
];

/** The same for a ledger with releases of thermostat: 1.9.0 on `lab`, 1.8.0 whose notAfter has passed, 1.7.0, withdrawn, and 1.6.0, withdrawn ahead of its release. Of `stable`, only revision 1 is withdrawn. */
const withReleases: readonly (readonly [typed: string, status: number, stdout: Message, stderr?: Message])[] = [
  [
    'withdraw thermostat 1.9.0 --no-wait',
    0,
    /^lab COMPLETED \(9 succeeded\): has ended, becomes WITHDRAWN\npublished the withdrawal of thermostat 1\.9\.0 \(event \S+\)\nlook at it with npm run ota -- status thermostat 1\.9\.0\n$/,
  ],
  [
    'promote thermostat 1.8.0 --to beta',
    1,
    /^$/,
    /^ota promote: notAfter of thermostat 1\.8\.0 was 2026-01-01T00:00:00Z, which has passed: publish a new revision with another notAfter\n$/,
  ],
  [
    'promote camera 1.5.0 --to canary --channels jobs.yml',
    1,
    /^rejected: INVALID_REQUEST schedulingConfig\.startTime: a job starts at least 30 minutes after its creation: give a later startAt \(canary\)\nnothing was published; /,
    'the times of camera 1.5.0 cannot change: publish a new revision with other times',
  ],
  ['promote thermostat 1.7.0 --to beta', 1, /^$/, /^ota promote: thermostat 1\.7\.0 was withdrawn from beta: publish a new version\n$/],
  [
    'promote thermostat 1.7.0 --to stable',
    1,
    /^$/,
    /^ota promote: thermostat 1\.7\.0 was withdrawn from stable: publish a new revision or a new version\n$/,
  ],
  ['promote thermostat 2.0.1 --to beta', 2, /^$/, 'ota promote: thermostat has no accepted version "2.0.1": it has 1.9.0, 1.8.0, 1.7.0'],
  ['promote thermostat 1.9.0 --revision 2 --to beta', 2, /^$/, 'ota promote: thermostat 1.9.0 has no accepted revision "2": it has 1'],
  [
    'withdraw thermostat 1.9.1',
    2,
    /^$/,
    'ota withdraw: thermostat has no rollout of version "1.9.1": did you mean 1.9.0? it has 1.9.0, 1.8.0, 1.7.0; if it is yet to come, add --ahead',
  ],
  [
    'withdraw thermostat 1.9.0 --revision 2',
    2,
    /^$/,
    'ota withdraw: thermostat 1.9.0 has no rollout of revision "2": it has 1; if it is yet to come, add --ahead',
  ],
  [
    'withdraw thermostat 1.9.0 --channel beat',
    2,
    /^$/,
    'ota withdraw: thermostat has no channel "beat": did you mean beta? examples/channels.yml and the ledger have lab, beta, stable; use --channels for another file',
  ],
  [
    'withdraw thermostat 3.0.0 --ahead --channel beat',
    2,
    /^$/,
    'ota withdraw: thermostat has no channel "beat": did you mean beta? examples/channels.yml and the ledger have beta, stable; use --channels for another file',
  ],
  [
    'withdraw thermostat 1.6.0 --channel beta',
    2,
    /^$/,
    'ota withdraw: thermostat 1.6.0 has no rollout on channel beta; if it is yet to come, add --ahead',
  ],
  [
    'withdraw thermostat 1.9.0 --channel beta',
    2,
    /^$/,
    'ota withdraw: thermostat 1.9.0 has no rollout on channel beta, only on lab; if it is yet to come, add --ahead',
  ],
];

describe('a message of the command line', () => {
  it.each(wrongUsage)('explains wrong usage: ota %s', async (typed, message) => {
    expect(await type(typed)).toEqual({ status: 2, stdout: '', stderr: line(message) });
  });

  for (const [typed, status, stdout, stderr = /^$/] of results) {
    it(`reports the result: ota ${typed}`, async () => {
      expect(await type(typed)).toEqual({ status, stdout: line(stdout), stderr: line(stderr) });
    });
  }

  it('reports what was redriven, and what was not', async () => {
    const send = (MessageBody: string) => aws.sqs.send(new SendMessageCommand({ QueueUrl: queues['rule-dlq'], MessageBody }));
    const { MessageId: moved } = await send('fits');
    const { MessageId } = await send('x'.repeat(1_025));
    expect(await type('redrive --queue rule')).toEqual({
      status: 1,
      stdout: expect.stringMatching(
        `^1 of 2 redriven to releases\nmessage ${moved} is now [0-9a-f-]{36}\nsee npm run ota -- rejected and npm run ota -- status for the results\n$`,
      ),
      stderr: expect.stringMatching(new RegExp(`^${MessageId} stays in rule-dlq: .+\n$`)),
    });
  });

  it.each([
    [{}, 'no AWS credentials: log in, for example with aws sso login, and set AWS_PROFILE or other credentials'],
    [
      { AWS_PROFILE: 'nope' },
      'AWS_PROFILE=nope has no credentials: run aws sso login --profile nope, or choose one of aws configure list-profiles',
    ],
  ])('asks for credentials if the environment has none: %j', async (environment, message) => {
    for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, join(folder, 'none'));
    for (const [name, value] of Object.entries({ AWS_EC2_METADATA_DISABLED: 'true', ...environment })) vi.stubEnv(name, value);
    for (const command of ['rejected', 'status'])
      expect(await type(`${command} --stage prod`)).toEqual({ status: 2, stdout: '', stderr: `ota ${command}: ${message}\n` });
  });

  it.each([
    [{ name: 'TokenProviderError' }, { AWS_PROFILE: 'sso' }, /^AWS_PROFILE=sso has no credentials: run aws sso login --profile sso, or /],
    [
      { name: 'ExpiredTokenException' },
      {},
      /^AWS does not accept the credentials: the message: log in again, for example with aws sso login$/,
    ],
    [
      { name: 'InvalidAccessKeyId' },
      { AWS_PROFILE: 'old' },
      /^AWS does not accept the credentials of AWS_PROFILE=old: the message: log in/,
    ],
    [
      { message: 'getaddrinfo ENOTFOUND sqs.eu-wst-1.amazonaws.com' },
      {},
      /^there is no host sqs\.eu-wst-1\.amazonaws\.com: check AWS_REGION and/,
    ],
  ])('explains what is wrong with the environment, with status 2: %j %j', (error, environment, line) => {
    expect(explain(Object.assign(new Error('the message'), error), environment)).toEqual({ line: expect.stringMatching(line), code: 2 });
  });

  it('refuses JSON of a body, which may be none', async () => {
    const message = '--body prints the message as it came, which may be no JSON: leave out --json';
    const stdout = `{"error":"${message}"}\n`;
    expect(await type('rejected --id m --body --json')).toEqual({ status: 2, stdout, stderr: `ota rejected: ${message}\n` });
  });

  it('explains every other error of AWS with its message and status 1', () => {
    const error = Object.assign(new Error('limit exceeded\nmore'), { name: 'LimitExceededException' });
    expect(explain(error, { AWS_PROFILE: 'operator' })).toEqual({ line: 'limit exceeded', code: 1 });
  });

  it.each([
    ['User: arn:aws:iam::1:user/kim is not authorized to perform: dynamodb:Query on resource: x', 'dynamodb:Query'],
    ['Access Denied', 'DynamoDB Query'],
  ])('says who can permit what AWS denies: %s', (message, action) => {
    const error = Object.assign(new Error(message), { name: 'AccessDeniedException', request: 'DynamoDB Query' });
    expect(explain(error, {})).toEqual({
      line: `DynamoDB Query: ${message}: assume the role in the output OperatorRoleArn of the stack (for approve and resume ApproverRoleArn), or ask the administrators of the account to allow ${action}`,
      code: 1,
    });
  });

  it('explains what only a deployed stage can lack', async () => {
    for (const [name, value] of Object.entries({ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'made', AWS_SECRET_ACCESS_KEY: 'up' }))
      vi.stubEnv(name, value);
    vi.stubEnv('AWS_ACCOUNT_ID', '');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of channels.yml
    writeFileSync(join(folder, 'account.yml'), channels.replaceAll('com.acme.firmware-ci', '"com.acme.${aws:accountId}"'));
    const configuration = await configurationOf(openStage({ stage: 'prod' }), 'account.yml');
    expect(() => sourceOfProduct('hub', configuration)).toThrow(
      /^the source of hub in account\.yml contains the account id, and your credentials do not: publish a whole event with its source$/,
    );
    const onAws = { ...stage, isLocal: false };
    await expect(upload(onAws, { bucket: 'acme-other', key: 'app.bin' }, Buffer.from(''))).rejects.toThrow(
      /^there is no bucket acme-other: create it, with versioning enabled$/,
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    expect(() => nameOfChannels('prod', 'params: { default: { channels: "${env:CHANNELS}" } }')).toThrow(
      /^channels in serverless\.yml is \$\{env:CHANNELS\}, which is only known at deployment: pass --channels FILE$/,
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    expect(() => nameOfRegion('prod', 'params: { default: { region: "${env:AWS_REGION}" } }')).toThrow(
      /^region in serverless\.yml is \$\{env:AWS_REGION\}, which is only known at deployment: set AWS_REGION \(check and plan also take --region\)$/,
    );
  });

  it('prints the version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const typed of ['--version', 'version'])
      expect(await type(typed)).toEqual({ status: 0, stdout: `ota-dispatch ${version}\n`, stderr: '' });
  });

  it('names the version of Node that is required', () => {
    expect(nodeProblem('22.18.0')).toBe(
      'Node 24 or newer is required, but this is 22.18.0: start it with npm run or npm start, after an npm install without --omit=dev and --ignore-scripts, because npm installs the right Node',
    );
    expect([nodeProblem('24.0.0'), nodeProblem()]).toEqual([undefined, undefined]);
  });
});

describe('a message about releases in the ledger', () => {
  beforeAll(async () => {
    writeFileSync(join(folder, 'jobs.yml'), channels.replace('canary:\n', 'canary:\n        scheduleFromRelease: allow\n'));
    for (const [version, more] of Object.entries({
      '1.9.0': {},
      '1.8.0': { notAfter: '2026-01-01T00:00:00Z' },
      '1.7.0': {},
      '1.5.0': { product: 'camera', startAt: '2026-01-01T00:00:00Z' },
    })) {
      const parsed = parseRelease({ ...release, version, ...more });
      if (!parsed.ok) throw new Error(parsed.rejection.message);
      const accepted = acceptedRelease(parsed.value);
      const row = aRollout({ channel: 'lab', state: 'COMPLETED', counts: someCounts({ succeeded: 9 }), ...accepted });
      await stage.ledger.accept(row, accepted);
    }
    const scopes = [{ channels: ['beta'] }, { channels: ['stable'], revision: 1 }];
    const list = scopes.map((scope) => aRecordedWithdrawal({ version: '1.7.0', ...scope }));
    await stage.ledger.writeWithdrawals('thermostat', '1.7.0', { itemRevision: 0, list });
    const whole = [aRecordedWithdrawal({ version: '1.6.0' })];
    await stage.ledger.writeWithdrawals('thermostat', '1.6.0', { itemRevision: 0, list: whole });
  });

  for (const [typed, status, stdout, stderr = /^$/] of withReleases) {
    it(`names what is there: ota ${typed}`, async () => {
      expect(await type(typed)).toEqual({ status, stdout: line(stdout), stderr: line(stderr) });
    });
  }
});

describe('a message about a published event', () => {
  const parsed = parseRelease(release);
  if (!parsed.ok) throw new Error(parsed.rejection.message);
  const event = { source: published.source, detailType: published['detail-type'], detail: JSON.stringify(release) };
  const limits = { patience: 50, quiet: 50 };
  const options = { wait: true, json: false, limits };

  it('reports that the service does not process it', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const later = (what: string) =>
      `SQS delivers a message that failed again after 6 minutes; look again with npm run ota -- status ${what}`;
    const publishing = publishAndFollow(stage, event, parsed.value, options);
    expect(explain(await publishing.catch((error: unknown) => error), {})).toEqual({
      line: `the service did not process the event within 0.05 s; ${later('thermostat 2.0.0')}`,
      code: 1,
    });
    const withdrawing = followWithdrawal(stage, { product: 'hub', version: '1.0.0', force: false }, 'e-1', options);
    expect(explain(await withdrawing.catch((error: unknown) => error), {})).toEqual({
      line: `the service did not process the withdrawal within 0.05 s; ${later('hub 1.0.0')}`,
      code: 1,
    });
  });

  it('names the request that AWS did not answer, and how to look at what goes on', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    aws.services.faults.add({ kind: 'outage', service: 'dynamodb' });
    const following = publishAndFollow(stage, event, parsed.value, options);
    const error: unknown = await following.catch((thrown: unknown) => thrown);
    aws.services.faults.clear();
    expect(explain(error, {})).toEqual({
      line: 'DynamoDB Query: socket hang up; the rollout goes on; look again with npm run ota -- status thermostat 2.0.0',
      code: 1,
    });
  });

  it('says that nothing was published if the upload fails', async () => {
    aws.services.faults.add({ kind: 'throttle', service: 's3' });
    const printed = await type('publish no-bucket.json --upload app.bin --channels buckets.yml');
    aws.services.faults.clear();
    const stderr = expect.stringMatching(/^ota publish: S3 HeadObject: .+; nothing was published\n$/);
    expect(printed).toEqual({ status: 1, stdout: '', stderr });
  });

  it('names the status of AWS if AWS does not explain an error', () => {
    const error = Object.assign(new Error('UnknownError'), { request: 'S3 PutObject', $metadata: { httpStatusCode: 503 } });
    expect(explain(error, {})).toEqual({ line: 'S3 PutObject: AWS answered with the HTTP status 503', code: 1 });
  });

  it('reports that a withdrawal was rejected', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { code: text('UNKNOWN_PRODUCT'), path: text('product'), reason: text('the reason') };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: queues['rejected'], MessageBody: '{"id":"e-2"}', MessageAttributes }));
    const scope = { product: 'toaster', version: '1.0.0', force: false };
    await expect(untilStopped(stage, scope, 'e-2', limits)).rejects.toThrow(/^rejected: UNKNOWN_PRODUCT product: the reason$/);
  });

  it('points to the result of a dry run', async () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await publishAndFollow(stage, event, { ...parsed.value, dryRun: true }, options)).toBe(0);
    expect(print.mock.lastCall).toEqual(['dry run: the result is the event OTA Release Planned on the bus']);
  });

  it.each<[string, object, string]>([
    [
      '2.1.0',
      { state: 'CREATED', counts: someCounts({ queued: 7, succeeded: 3 }) },
      'not ended within 0.001 min; the rollout goes on; look again with npm run ota -- status thermostat 2.1.0',
    ],
    [
      '2.2.0',
      { state: 'CREATED', continuous: true, counts: someCounts({ queued: 7 }) },
      'the rollout goes on; look again with npm run ota -- status thermostat 2.2.0',
    ],
  ])('reports that a rollout goes on: thermostat %s', async (version, changes, message) => {
    const later = { ...parsed.value, version };
    const accepted = acceptedRelease(later);
    await stage.ledger.accept(aRollout({ ...changes, ...accepted }), accepted);
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const isTimedOut = message.startsWith('not');
    const asked = { ...options, limits: { ...limits, ...(isTimedOut && { timeout: 60 }) } };
    expect(await publishAndFollow(stage, event, later, asked)).toBe(isTimedOut ? 1 : 0);
    expect(print.mock.lastCall).toEqual([message]);
  });

  it('names the command that shows which devices failed, and the ending after it', async () => {
    const later = { ...parsed.value, version: '2.3.0' };
    const accepted = acceptedRelease(later);
    await stage.ledger.accept(aRollout({ state: 'COMPLETED', counts: someCounts({ succeeded: 9, timedOut: 1 }), ...accepted }), accepted);
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await publishAndFollow(stage, event, later, options)).toBe(0);
    expect(print.mock.calls.slice(-2)).toEqual([
      ['which devices failed, and why: npm run ota -- devices thermostat 2.3.0'],
      ['already released; nothing was started again: beta COMPLETED (9 succeeded, 1 timed out)'],
    ]);
  });

  const ended = (changes: Partial<Rollout> = {}) => aRollout({ state: 'COMPLETED', ...changes });
  const failed = ended({ channel: 'stable', state: 'FAILED', code: 'AWS_REFUSED' });
  const supersededBy = { rolloutId: 'fw', version: '3.0.0', revision: 1 };
  const rejected = { messageId: 'm', at: '', code: 'TOO_LARGE', path: '$', message: 'the reason', reason: 'the reason' };

  it.each<[string, Partial<Ending>]>([
    ['beta COMPLETED (9 succeeded, 1 failed)', { rollouts: [ended({ counts: someCounts({ succeeded: 9, failed: 1 }) })] }],
    ['beta COMPLETED, stable FAILED (AWS_REFUSED)', { rollouts: [ended(), failed] }],
    ['already released; nothing was started again: beta WITHDRAWN', { rollouts: [ended({ state: 'WITHDRAWN' })], duplicate: true }],
    ['beta SUPERSEDED: 3.0.0 is newer by SemVer', { rollouts: [ended({ state: 'SUPERSEDED', attempt: 1, supersededBy })] }],
    ['rejected: TOO_LARGE $: the reason', { rejected }],
  ])('reports how a release ended: %s', (message, ending) => {
    expect(endingLine({ rollouts: [], duplicate: false, ...ending })).toBe(message);
  });

  it.each<[string, Partial<Rollout>]>([
    ['beta: already COMPLETED (9 succeeded)', { state: 'COMPLETED', counts: someCounts({ succeeded: 9 }) }],
    ['beta: already WITHDRAWN', { state: 'WITHDRAWN' }],
    [
      'beta: already FAILED (AWS_REFUSED); to try again, publish the release with a higher revision',
      { state: 'FAILED', code: 'AWS_REFUSED' },
    ],
    [
      'beta: already COMPLETED (9 failed); to try again, publish the release with a higher revision',
      { state: 'COMPLETED', counts: someCounts({ failed: 9 }) },
    ],
  ])('reports a rollout that was there before: %s', (message, changes) => {
    expect(alreadyLine(aRollout(changes))).toBe(message);
  });

  it.each<[string, HistoryEntry['from'], Partial<HistoryEntry>, Partial<Rollout>]>([
    ['beta: accepted', undefined, { to: 'CLAIMED', why: 'accepted' }, {}],
    ['beta: accepted, and waits for its gate', undefined, { to: 'WAITING', why: 'accepted' }, {}],
    ['beta: its gate has opened', 'WAITING', { to: 'CLAIMED', why: 'the gate has opened' }, {}],
    ['beta: asking AWS', 'CLAIMED', { to: 'CREATING', why: 'no newer release is on the channel' }, {}],
    ['beta: asking AWS again: AWS has no such update', 'CREATING', { to: 'CREATING', why: 'AWS has no such update' }, {}],
    [
      'beta: created: AWS confirmed the creation, update u, job j',
      'CREATING',
      { to: 'CREATED', why: 'AWS confirmed the creation' },
      { aws: { otaUpdateId: 'u', jobId: 'j' } },
    ],
    [
      'beta: created: AWS has created it, job fw-a-1',
      'CREATING',
      { to: 'CREATED', why: 'AWS has created it' },
      { operation: 'CreateJob', aws: { jobId: 'fw-a-1' } },
    ],
    [
      'beta: created: AWS has created it, job j; schedule: from 2026-12-01T08:00 UTC',
      'CREATING',
      { to: 'CREATED', why: 'AWS has created it' },
      { operation: 'CreateJob', aws: { jobId: 'j' }, request: { schedulingConfig: { startTime: '2026-12-01T08:00' } } },
    ],
    ['beta: completed: every device has ended', 'CREATED', { to: 'COMPLETED', why: 'every device has ended' }, {}],
    ['beta: superseding: 3.0.0 is newer by SemVer', 'CREATED', { to: 'SUPERSEDING', why: 'gives way' }, { attempt: 1, supersededBy }],
    [
      'beta: superseded: 3.0.0 is newer by SemVer, and the channel does not say downgrade: allow',
      'CLAIMED',
      { to: 'SUPERSEDED', why: 'w' },
      { supersededBy },
    ],
    ['beta: failed: AWS_REFUSED: the reason', 'CREATING', { to: 'FAILED', why: 'AWS_REFUSED: the reason' }, {}],
  ])('reports a change of a rollout: %s', (message, from, entry, changes) => {
    expect(changeLine(aRollout(changes), { at: 0, who: '', why: '', to: 'CLAIMED', ...(from && { from }), ...entry })).toBe(message);
  });

  it.each([
    ['uploaded s3://b/k version v, sha256 aa, 3 bytes', true],
    ['already uploaded: s3://b/k version v, sha256 aa, 3 bytes', false],
  ])('reports an upload: %s', (message, isNew) => {
    expect(uploadLine({ bucket: 'b', key: 'k', version: 'v', sha256: 'aa', sizeBytes: 3, isNew })).toBe(message);
  });

  it.each<[string, Partial<Rollout>]>([
    ['beta CREATED (7 queued, 3 succeeded): is stopped', { state: 'CREATED', counts: someCounts({ queued: 7, succeeded: 3 }) }],
    ['beta WAITING: never starts', { state: 'WAITING' }],
    ['beta COMPLETED: has ended, becomes WITHDRAWN', { state: 'COMPLETED' }],
    ['beta WITHDRAWN: stays as it is', { state: 'WITHDRAWN' }],
    ['beta FAILED (AWS_REFUSED): stays as it is', { state: 'FAILED', code: 'AWS_REFUSED' }],
    ['beta FAILED (UNCERTAIN): is stopped', { state: 'FAILED', code: 'UNCERTAIN' }],
  ])('reports what a withdrawal will do: %s', (message, changes) => {
    expect(intentLines([aRollout(changes)])).toEqual([message]);
  });

  it.each<[string, Partial<Rollout>[]]>([
    ['no rollout matched; future releases that match will be rejected', []],
    ['beta: WITHDRAWN', [{ counts: someCounts({ canceled: 10 }) }]],
    ['beta: FAILED (CREATE_FAILED)', [{ state: 'FAILED', code: 'CREATE_FAILED' }]],
    ['beta: WITHDRAWN; 1 device already has the update and keeps it', [{ counts: someCounts({ succeeded: 1, canceled: 9 }) }]],
    ['beta: WITHDRAWN; 10 devices already have the update and keep it', [{ counts: someCounts({ succeeded: 10 }) }]],
  ])('reports how a withdrawal ended: %s', (message, rows) => {
    expect(withdrawalLines(rows.map((changes) => aRollout({ state: 'WITHDRAWN', ...changes })))).toEqual([message]);
  });
});

describe('--help', () => {
  it.each(commandNames)(
    'of %s is at most 80 characters wide, has its exit statuses, and ends with an example that is right',
    async (name) => {
      const printed = await otaInProcess(name, '--help');
      expect(printed).toMatchObject({
        status: 0,
        stderr: '',
        stdout: expect.stringMatching(new RegExp(`^Usage: npm run ota -- ${name}\\b`)),
      });
      for (const text of printed.stdout.split('\n')) expect(text.length, text).toBeLessThanOrEqual(80);
      for (const text of helpLines(printed.stdout, 60)) expect(text.length, text).toBeLessThanOrEqual(60);
      const [, listed = ''] = printed.stdout.match(/\n\nExit status:\n((?: {2,}.+\n)+)/) ?? [];
      const statuses = [...listed.matchAll(/^ {2}(\d+) /gm)].map(([, status]) => Number(status));
      expect(statuses.slice(0, 1)).toEqual([0]);
      expect(statuses).toContain(2);
      expect(exitStatuses.map(({ status }) => status)).toEqual(expect.arrayContaining(statuses));
      const [, example = ''] = printed.stdout.match(/\n\nExample:\n {2}npm run ota -- (.+)\n/) ?? [];
      const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
      expect(words[0]).toBe(name);
      // The options of a command are read before its help is printed.
      expect(await otaInProcess(...words, '--help')).toEqual(printed);
      expect(await otaInProcess('help', name)).toEqual(printed);
    },
  );

  it('of all commands is at most 80 characters wide, and lists each', async () => {
    const { status, stdout } = await otaInProcess('--help');
    expect(status).toBe(0);
    for (const text of stdout.split('\n')) expect(text.length, text).toBeLessThanOrEqual(80);
    for (const name of commandNames) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\w`, 'm'));
    for (const { status: listed } of exitStatuses) expect(stdout).toMatch(new RegExp(`^ {2}${listed} +\\w`, 'm'));
  });

  it('is printed if no command was typed, and the exit status is 2', async () => {
    expect(await otaInProcess()).toEqual({ ...(await otaInProcess('--help')), status: 2 });
    expect(await otaInProcess('help')).toEqual(await otaInProcess('--help'));
  });

  it('of a command that does not exist names the one that was meant', async () => {
    expect(await otaInProcess('help', 'stauts')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ota: there is no command "stauts": did you mean status?\n',
    });
  });
});
