/**
 * The one place that pins the words of domain/. Each message stands here once. Below it stands where it occurs, with the
 * smallest input that causes it. All other tests pin code and path, so a new wording changes this table only.
 *
 * `CODE path` is a rejection, `channels.yml path` an error of that file, and `warning path` a warning about it. Paths in
 * channels.yml are relative to the one channel. `FAILED(CODE) from STATE` is a rollout that fails, `STATE to STATE` an
 * entry of a rollout's history, `head of STATE` a write of its channel's head, and `cancel: REASON` a comment that the
 * service sends to AWS with a cancel.
 */
import { formatPath, type Segment } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { judgeEventPattern } from '../../domain/channels/event-pattern.ts';
import { readChannelsFile } from '../../domain/channels/lines.ts';
import type { Channel, Channels, Product } from '../../domain/channels/schema.ts';
import { findSteered, rejectUnknownChannel, type Steering } from '../../domain/channels/steering.ts';
import { validateChannels } from '../../domain/channels/validate.ts';
import type { ChannelVariables } from '../../domain/channels/variables.ts';
import type { Gate } from '../../domain/gate/gate.ts';
import { noHolds } from '../../domain/gate/holds.ts';
import { firstProblemOf } from '../../domain/json/problem.ts';
import { parseApproval, type ReleaseApproval } from '../../domain/release/approval.ts';
import { parseHold, parseResume } from '../../domain/release/hold.ts';
import { parseMessage, parseReleaseText } from '../../domain/release/intake.ts';
import { type Rejection, type Result, rejectionCodes } from '../../domain/release/rejection.ts';
import type { Release } from '../../domain/release/release.ts';
import { parseWithdrawal } from '../../domain/release/withdrawal.ts';
import { type ArtifactFacts, judgeArtifact } from '../../domain/request/judge-artifact.ts';
import { findLosses } from '../../domain/request/losses.ts';
import { planRelease } from '../../domain/request/plan.ts';
import { findRepeatedArtifacts } from '../../domain/request/repeated-artifacts.ts';
import { conflictWith } from '../../domain/rollout/claim.ts';
import { type GateFacts, gateOf, judgeAgain } from '../../domain/rollout/gate-of.ts';
import { bindApproval, rejectPublisher } from '../../domain/rollout/judge-approval.ts';
import { nextStep } from '../../domain/rollout/next-step.ts';
import type { Sighting, UpstreamLook } from '../../domain/rollout/observation.ts';
import { rejectWithdrawn } from '../../domain/rollout/reject-withdrawn.ts';
import { emptyHead, type Rollout } from '../../domain/rollout/rollout.ts';
import type { View } from '../../domain/rollout/step.ts';
import {
  aHead,
  aRecordedWithdrawal,
  aRollout,
  aRule,
  onJobs as atJobs,
  onMi as atMi,
  aWaiting,
  held,
  minutes,
  now,
  ownEntry,
  rivalOf,
  seconds,
  sentAgo,
  someCounts,
} from '../../proof/support/a-rollout.ts';
import { aView } from '../../proof/support/a-view.ts';
import {
  artifact,
  channelsOf,
  context,
  jobChannel,
  managedThing,
  otaTaskChannel,
  otaUpdateChannel,
  release as plannedRelease,
  planOn,
  thing,
} from '../../proof/support/fixtures.ts';
import { account, bodyOf, sampleArtifact, sampleDetail } from '../../proof/support/sample.ts';

/** A message and the place where it occurs. */
type Occurrence = { readonly place: string; readonly message: string };
type Cause = () => readonly Occurrence[];

const ofRejections = (rejections: readonly Rejection[]): Occurrence[] =>
  rejections.map(({ code, path, message }) => ({ place: `${code} ${path}`, message }));

/** A body from the queue. */
const body =
  (text: string): Cause =>
  () => {
    const result = parseMessage(text, { allowedAccounts: [account] });
    return result.ok ? [] : ofRejections([result.rejection]);
  };
/** A body as bytes: `start` in UTF-8, and one byte for each character of `more`. */
const bytes =
  (start: string, more = ''): Cause =>
  () => {
    const result = parseMessage(Buffer.concat([Buffer.from(start), Buffer.from(more, 'latin1')]), { allowedAccounts: [account] });
    return result.ok ? [] : ofRejections([result.rejection]);
  };
/** A detail without an envelope. */
const detailInFile =
  (detail: unknown): Cause =>
  () => {
    const result = parseReleaseText(JSON.stringify(detail));
    return result.ok ? [] : ofRejections([result.rejection]);
  };
const detailOf =
  (parse: (detail: unknown) => Result<unknown>, detail: unknown): Cause =>
  () => {
    const result = parse(detail);
    return result.ok ? [] : ofRejections([result.rejection]);
  };
const event = (detail: unknown, members: Record<string, unknown> = {}) => body(bodyOf(detail, members));

/** A release with these members instead of its own. */
const release = (changes: object) => event({ ...sampleDetail(), ...changes });
const artifactOfRelease = (changes: object) => release({ artifacts: [{ ...sampleArtifact(), ...changes }] });
const s3Location = (changes: object) =>
  artifactOfRelease({ fileLocation: { s3Location: { bucket: 'b', key: 'k', version: 'v', ...changes } } });
const signature = { signature: { inlineDocument: 'c2lnbmF0dXJl' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' };
const signed = (changes: object) => artifactOfRelease({ codeSigning: { customCodeSigning: { ...signature, ...changes } } });
const withdrawal = (changes: object) =>
  event({ product: 'thermostat', version: '2.4.1', ...changes }, { 'detail-type': 'Firmware Release Withdrawn' });

const approval = (changes: object) =>
  event({ product: 'thermostat', version: '2.4.1', channels: ['beta'], ...changes }, { 'detail-type': 'Firmware Release Approved' });
const hold = (changes: object) =>
  event({ product: 'thermostat', holdId: 'h', reason: 'r', ...changes }, { 'detail-type': 'Firmware Channel Held' });
const resume = (changes: object) =>
  event({ product: 'thermostat', holdId: 'h', ...changes }, { 'detail-type': 'Firmware Channel Resumed' });
const steeredChannels = ((): Channels => {
  const { products, ...others } = channelsOf({ beta: otaUpdateChannel(), stable: otaUpdateChannel() });
  return { ...others, products: { thermostat: { ...(products['thermostat'] as Product), approvers: ['com.acme.board'] } } };
})();
const steered =
  (what: Steering, { product = 'thermostat', source = 'com.acme.board' }): Cause =>
  () => {
    const found = findSteered(steeredChannels, product, source, what);
    return found.ok ? [] : ofRejections([found.rejection]);
  };
/** An approval on `beta`, where these rollouts are, or the gate of channels.yml. */
const bound =
  (changes: object, rows: readonly Rollout[], gate?: Gate): Cause =>
  () => {
    const given: ReleaseApproval = {
      schemaVersion: '1',
      product: 'thermostat',
      version: '2.0.0',
      revision: 1,
      channels: ['beta'],
      ...changes,
    };
    const result = bindApproval(given, { rows, accepted: undefined, gates: { beta: gate } });
    return result.ok ? [] : ofRejections([result.rejection]);
  };

/** A release on one channel: what the channel changes, and what the release changes. */
const onIot =
  (changes: Partial<Release>, template: object = {}, options: object = {}): Cause =>
  () =>
    ofRejections(planOn(otaUpdateChannel(template, options), changes).rejections);
const onMi =
  (changes: Partial<Release>, template: object = {}, options: object = {}): Cause =>
  () =>
    ofRejections(planOn(otaTaskChannel(template, options), changes).rejections);
const onJobs =
  (changes: Partial<Release>, template: object = {}, options: object = {}): Cause =>
  () =>
    ofRejections(planOn(jobChannel(template, options), changes).rejections);
const scheduled = (changes: Partial<Release>) => onJobs(changes, {}, { scheduleFromRelease: 'allow' });
const loses =
  (changes: Partial<Release>, channel: Channel): Cause =>
  () =>
    findLosses({ ...plannedRelease, ...changes }, channelsOf({ beta: channel })).map(({ path, message }) => ({
      place: `loss ${path}`,
      message,
    }));
const repeats =
  (...artifacts: Release['artifacts']): Cause =>
  () =>
    findRepeatedArtifacts({ ...plannedRelease, artifacts }).map(({ path, message }) => ({ place: path, message }));
const { fileLocation: _location, sha256: _sha256, codeSigning: _codeSigning, ...nowhere } = artifact;
const { codeSigning: _signing, ...unsigned } = artifact;
const inStream = { ...nowhere, fileLocation: { stream: { streamId: 's', fileId: 1 } } };
const unverified = { unverified: ['stream', 'signerJob'], unsigned: 'allow' };
const signedByJob = { files: [{ codeSigning: { startSigningJobParameter: { signingProfileName: 'acme' } } }] };
const planned =
  (changes: Partial<Release>, from: object = {}, hardware?: readonly string[]): Cause =>
  () =>
    ofRejections(
      planRelease({ ...plannedRelease, ...changes }, channelsOf({ beta: otaUpdateChannel() }, hardware), { ...context, ...from })
        .rejections,
    );

/** An artifact of 10 bytes, and what S3 reports of it. */
const stored =
  (facts: ArtifactFacts): Cause =>
  () => {
    const rejection = judgeArtifact({ ...artifact, sizeBytes: 10 }, 'artifacts[0]', facts, ['CreateOTAUpdate']);
    return ofRejections(rejection ? [rejection] : []);
  };

/** A release that meets what was accepted for its product, version and revision. */
const accepted =
  (changes: { version?: string; releaseDigest?: string }): Cause =>
  () => {
    const { version, releaseDigest } = aRollout();
    const conflict = conflictWith({ version, releaseDigest }, { version, releaseDigest, ...changes });
    return ofRejections(conflict ? [conflict] : []);
  };

const iot = {
  targets: ['arn:aws:iot:eu-west-1:123456789012:thinggroup/beta'],
  roleArn: 'arn:aws:iam::123456789012:role/ota-service',
};
const once = {
  OtaType: 'ONE_TIME',
  Target: ['arn:aws:iotmanagedintegrations:eu-west-1:123456789012:managed-thing/a1'],
  TaskConfigurationId: 'abc',
};
const always = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub', TaskConfigurationId: 'abc' };
const job = {
  targets: ['arn:aws:iot:eu-west-1:123456789012:thinggroup/camera'],
  presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/ota-service' },
};
const short = (path: readonly Segment[]) => formatPath(path).replace(/^products\.hub\.channels\.stable\.?/, '') || '(channel)';

/** A channels.yml around one channel, with these members of its product and of the file. */
const file =
  (channel: unknown, product: object = {}, members: object = {}, place?: ChannelVariables, now?: number): Cause =>
  () => {
    const value = {
      artifactBuckets: ['acme-firmware'],
      products: { hub: { sources: ['com.acme'], channels: { stable: channel }, ...product } },
      ...members,
    };
    const result = validateChannels(JSON.parse(JSON.stringify(value)), place, 'refuse', now);
    const kind = result.ok ? 'warning' : 'channels.yml';
    return (result.ok ? result.warnings : result.errors).map(({ path, message }) => ({ place: `${kind} ${short(path)}`, message }));
  };
const iotChannel = (template: object, options: object = {}) => file({ createOTAUpdate: { ...iot, ...template }, ...options });
const onceChannel = (template: object, options: object = {}) => file({ createOtaTask: { ...once, ...template }, ...options });
const alwaysChannel = (template: object, options: object = {}) => file({ createOtaTask: { ...always, ...template }, ...options });
const ofJob = (template: object, options: object = {}, ofFile: object = {}) =>
  file({ createJob: { ...job, ...template }, format: 'plain', ...options }, {}, ofFile);
const windows = (startTime: string) =>
  ofJob({ targetSelection: 'CONTINUOUS', schedulingConfig: { maintenanceWindows: [{ startTime, durationInMinutes: 60 }] } });
const placeholder = (inside: string) => ['$', '{aws:iot:', inside].join('');
const placeholders = (count: number) => ({ own: Array.from({ length: count }, () => placeholder('x}')) });
const gated = (options: object, product: object = {}, others: object = {}, now?: number) => {
  const channels = { beta: { createOTAUpdate: { ...iot, targetSelection: 'CONTINUOUS' } }, ...others };
  const stable = { createOTAUpdate: iot, ...options };
  return file({}, { approvers: ['com.acme.board'], channels: { ...channels, stable }, ...product }, {}, undefined, now);
};
const allowed = (cron: string, timeZone = 'UTC', now?: number) => gated({ allowedTimes: [{ cron, timeZone }] }, {}, {}, now);
const members = (product: object, ofFile: object = {}) => file({ createOTAUpdate: iot }, product, ofFile);
const variable = (name: string) => `$\{${name}}`;
const tags48 = Object.fromEntries(Array.from({ length: 48 }, (_, index) => [`t${index}`, '']));
const targets101 = (arn: string) => Array.from({ length: 101 }, (_, index) => `${arn}/${index}`);

/** The text of a channels.yml. */
const yaml =
  (text: string): Cause =>
  () => {
    const result = readChannelsFile(text);
    return result.ok ? [] : result.errors.map(({ path, message }) => ({ place: `channels.yml ${formatPath(path)}`, message }));
  };

/** The step that follows a view: its place in the history, or what AWS gets to read. */
const step =
  (view: View): Cause =>
  () => {
    const next = nextStep(view);
    const { state } = view.row;
    if (next.do === 'cancelAtAws') return [{ place: `cancel: ${next.order.reasonCode}`, message: next.order.comment ?? '' }];
    if (next.do === 'writeHead') return [{ place: `head of ${state}`, message: next.why }];
    if (next.do !== 'write') return [];
    const { code, message, outbox } = next.change;
    if (typeof code !== 'string') return [{ place: `${state} to ${next.change.state ?? state}`, message: next.why }];
    expect(outbox?.at(-1)?.detail).toMatchObject({ code, message });
    expect(next.why).toBe(`${code}: ${message}`);
    return [{ place: `FAILED(${code}) from ${state}`, message: String(message) }];
  };

/** What a gate on `stable` behind `beta` says of the release on `beta`: for what it waits, or why it is shut. */
const gateSays =
  (beta: Partial<Rollout> | undefined, facts: Partial<GateFacts> = {}, soakMinutes = 0, newerRows: readonly Rollout[] = []): Cause =>
  () => {
    const verdict = gateOf(gateFacts(beta, facts, soakMinutes, newerRows));
    if (verdict.kind === 'wait') return verdict.reasons.map(({ reason, message }) => ({ place: `waits: ${reason}`, message }));
    return verdict.kind === 'shut' ? [{ place: 'shut', message: verdict.message }] : [];
  };
const gateFacts = (beta: Partial<Rollout> | undefined, facts: Partial<GateFacts>, soakMinutes: number, newerRows: readonly Rollout[]) => {
  const row = beta && aRollout({ state: 'CREATED', sequence: 1, counts: someCounts({ succeeded: 9, queued: 1 }), ...beta });
  return {
    rollout: aWaiting({ after: [aRule({ soakMinutes })] }),
    upstreams: { beta: { row, head: emptyHead, newer: newerRows } },
    ...{ looks: {}, approvals: [], holds: noHolds, now, soakMinute: minutes(1) },
    ...facts,
  };
};
/** The same after the gate has opened. */
const openedGateSays =
  (beta: Partial<Rollout>): Cause =>
  () => {
    const again = judgeAgain(gateFacts(beta, {}, 0, []), { at: now, after: [], approvals: [], skipped: [] });
    if (again?.kind === 'shut') return [{ place: 'opened: shut', message: again.message }];
    return again ? [{ place: `opened: ${again.kind}`, message: again.reason.message }] : [];
  };
const looked = (look: UpstreamLook) => ({ looks: { beta: look } });
const never: Partial<GateFacts> = { rollout: aWaiting({ allowedTimes: [{ cron: '0 0 31 2 ? *', timeZone: 'UTC' }] }) };

const claimed = aRollout();
const supersededBy = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
const creating = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', ...sentAgo(seconds(20)), ...changes });
const live = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATED', ...sentAgo(minutes(30)), ...changes });
const unsent = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', attempt: 1, ...changes });
const sees = (row: Rollout, sighting: Sighting, more: Partial<View['seen']> = {}) => step(aView(row, { seen: { sighting, ...more } }));
const exists = (job: 'live' | 'completed' | 'canceled' | 'gone', more: object = {}): Sighting => ({
  kind: 'exists',
  job,
  aws: {},
  ...more,
});
const createFailed = (errorInfo: { code?: string; message?: string }, job: 'none' | 'live' = 'none'): Sighting => ({
  kind: 'createFailed',
  errorInfo,
  job,
});
const refusal = (retryable: boolean) => ({ reply: { kind: 'refused', retryable, code: 'SomeException', message: 'not now' } }) as const;
const own = ownEntry(claimed, { sequence: 2 });
const newer = rivalOf('3.0.0', { sequence: 3, created: true });
const newerCounts = { head: aHead(own, newer), seen: { rivals: { [newer.rolloutId]: true } } };
const withdrawn = { withdrawals: [aRecordedWithdrawal()] };

const messages: Readonly<Record<string, Readonly<Record<string, Cause | readonly Cause[]>>>> = {
  // The body and the envelope
  'the body has 262145 bytes, but at most 262144 are allowed': { 'TOO_LARGE $': body(' '.repeat(262_145)) },
  'the body has more than 5000 values: leave out what devices do not need': { 'TOO_LARGE $': body(`[${'1,'.repeat(5_000)}1]`) },
  'the body has more than 32 levels of { and [': { 'TOO_DEEP $': body('['.repeat(33)) },
  'the body is not valid UTF-8: it has a lone surrogate at line 1, column 1': { 'MALFORMED_JSON $': body('\ud83d') },
  'the body is not valid UTF-8: it has a lone surrogate at line 2, column 2': { 'MALFORMED_JSON $': body('{"a":\n"\ud83d"}') },
  'the body is not valid UTF-8 at line 2, column 3 (byte offset 5): save it as UTF-8, and not as Windows-1252, for example': {
    'MALFORMED_JSON $': bytes('{\n"\u00fc', '\xfc'),
  },
  'the body is UTF-8 with a byte order mark (bytes EF BB BF): save it as UTF-8 without the mark': {
    'MALFORMED_JSON $': [body('\ufeff{}'), bytes('\ufeff{}')],
  },
  'the body is UTF-16, as Out-File of Windows PowerShell writes it: save it as UTF-8': {
    'MALFORMED_JSON $': [bytes('', '\xff\xfe{\x00}\x00'), bytes('', '\xfe\xff\x00{\x00}'), body('{\0}\0'), body('\0{\0}')],
  },
  'the body is UTF-32: save it as UTF-8': {
    'MALFORMED_JSON $': [bytes('', '\xff\xfe\0\0{\0\0\0'), bytes('', '\0\0\xfe\xff\0\0\0{'), body('{\0\0\0'), body('\0\0\0{')],
  },
  'the body begins with U+FFFD, because a program read it in another encoding than its own: save it as UTF-8': {
    'MALFORMED_JSON $': body('\ufffd\ufffd{\0}\0'),
  },
  'the body is not JSON at line 1, column 1: the text ends too early': { 'MALFORMED_JSON $': body('') },
  'the body is not JSON at line 1, column 1: a value must stand here': { 'MALFORMED_JSON $': [body('\0'), body('\0\0'), body('\0\0\0\0')] },
  'the body is not JSON at line 2, column 1: remove the comma before this }': { 'MALFORMED_JSON $': body('{"a":1,\n}') },
  'the body is not JSON at line 1, column 4: remove the comma before this ]': { 'MALFORMED_JSON $': body('[1,]') },
  'the body is not JSON at line 1, column 7: a value must stand here': { 'MALFORMED_JSON $': body('{"a": x}') },
  'the body is not JSON at line 1, column 6: a colon must stand here': { 'MALFORMED_JSON $': body('{"a" 1}') },
  'the body is not JSON at line 1, column 4: a comma or ] must stand here': { 'MALFORMED_JSON $': body('[1 2]') },
  'the body is not JSON at line 1, column 2: a name in double quotes must stand here': { 'MALFORMED_JSON $': body('{a:1}') },
  'the body is not JSON at line 1, column 2: use double quotes': { 'MALFORMED_JSON $': [body("{'a':1}"), body("['a']")] },
  'the body is not JSON at line 1, column 2: JSON has no comments: remove it': { 'MALFORMED_JSON $': [body('{// a\n}'), body('[# a\n]')] },
  'the body is not JSON at line 1, column 3: the JSON value has ended before: remove what follows': { 'MALFORMED_JSON $': body('{}}') },
  'the body is not JSON at line 1, column 3: JSON does not have this escape: write \\\\ for a backslash': {
    'MALFORMED_JSON $': [body('["\\q"]'), body('{"\\q":1}')],
  },
  'the body is not JSON at line 1, column 3: a control character must be an escape: write \\n for a line break': {
    'MALFORMED_JSON $': body('["\n"]'),
  },
  'the object has this member twice: keep only one': { 'MALFORMED_JSON a': body('{"a":1,"a":1}') },
  'the body must be an object with detail-type and detail, got a list of 0: send it through EventBridge': { 'NOT_AN_EVENT $': body('[]') },
  'the body must be an object with detail-type and detail, but detail-type is missing: send it through EventBridge': {
    'NOT_AN_EVENT $': body('{"detail":{}}'),
  },
  'the body must be an object with detail-type and detail, but detail is missing: send it through EventBridge': {
    'NOT_AN_EVENT $': body('{"detail-type":""}'),
  },
  'detail-type must be text, got null': { 'NOT_AN_EVENT $': body('{"detail-type":null,"detail":{}}') },
  'detail must be an object, got a list of 0': { 'NOT_AN_EVENT $': event([]) },
  'detail must be an object, got text: only the Detail of PutEvents is text, so write the object itself': {
    'NOT_AN_EVENT $': event('text'),
  },
  'this is an entry of PutEvents, not an event: write source, detail-type and detail instead of Source, DetailType and Detail': {
    'NOT_AN_EVENT $': body('[{"Source":"a","DetailType":"b","Detail":"{}"}]'),
  },
  'this is an entry of PutEvents, not an event: write source, detail-type and detail instead of Source, DetailType and Detail, or only the value of Detail as an object':
    { 'NOT_AN_EVENT $': detailInFile({ Source: 'a', Detail: '{}' }) },
  'this number is out of range': { 'NOT_AN_EVENT x': body(bodyOf({}).replace('{', '{"x":1e400,')) },
  'this account may not publish here: add it to allowedAccounts and deploy': { 'ACCOUNT_NOT_ALLOWED account': event({}, { account: '1' }) },
  'must be Firmware Release Published, Firmware Release Withdrawn, Firmware Release Approved, Firmware Channel Held or Firmware Channel Resumed':
    { 'UNKNOWN_DETAIL_TYPE detail-type': event({}, { 'detail-type': 'x' }) },

  // Steering events
  'required with skip: say why a part of the gate is left out': { 'INVALID_APPROVAL comment': approval({ skip: ['after'] }) },
  'this part is listed twice: remove one of the two': {
    'INVALID_APPROVAL skip[1]': approval({ skip: ['after', 'after'], comment: 'c' }),
  },
  'must be one of after, soakMinutes, allowedTimes, got text of 8 characters': {
    'INVALID_APPROVAL skip[0]': approval({ skip: ['approval'] }),
  },
  'must be a list of parts of a gate, got text of 5 characters': { 'INVALID_APPROVAL skip': approval({ skip: 'after' }) },
  'must be a list of at least 1 part, got a list of 0': { 'INVALID_APPROVAL skip': approval({ skip: [] }) },
  'must be text of 1 to 2000 characters, without control characters except tabs and line breaks, got text of 0 characters': {
    'INVALID_APPROVAL comment': approval({ comment: '' }),
    'INVALID_HOLD reason': hold({ reason: '' }),
    'INVALID_HOLD comment': resume({ comment: '' }),
  },
  'must be 1 to 64 characters of A-Z, a-z, 0-9 and . _ -, got text of 3 characters': {
    'INVALID_HOLD holdId': [hold({ holdId: 'a b' }), resume({ holdId: 'a b' })],
  },
  'must be after from': { 'INVALID_HOLD until': hold({ from: '2026-12-24T00:00:00Z', until: '2026-12-24T00:00:00Z' }) },
  'channels.yml has no product thermostatt: did you mean thermostat? this source is listed by thermostat': {
    'UNKNOWN_PRODUCT product': steered('hold', { product: 'thermostatt' }),
  },
  'channels.yml has no product lamp: check the spelling, or add the product and deploy': {
    'UNKNOWN_PRODUCT product': steered('hold', { product: 'lamp', source: 'com.stranger' }),
  },
  'a source that publishes releases of the product may not approve them: approve from a source in approvers': {
    'SELF_APPROVAL source': [
      steered('approve', { source: context.source }),
      () => ofRejections([rejectPublisher([aRollout()], aRollout().publishedBy.source) ?? []].flat()),
    ],
  },
  'the product does not list this source in approvers: approve from a listed source, or add this one and deploy': {
    'SOURCE_NOT_ALLOWED source': steered('approve', { source: 'com.stranger' }),
  },
  'the product does not list this source: send the event from a listed source, or add this one and deploy': {
    'SOURCE_NOT_ALLOWED source': [steered('hold', { source: 'com.stranger' }), steered('withdraw', { source: 'com.stranger' })],
  },
  'only a source in approvers may end a hold of this product: resume from one of them': {
    'SOURCE_NOT_ALLOWED source': steered('resume', { source: context.source }),
  },
  'the product has no channel satble: did you mean stable? it has beta, stable': {
    'UNKNOWN_CHANNEL channels[1]': () => {
      const rejected = rejectUnknownChannel(steeredChannels.products['thermostat'] as Product, ['beta', 'satble']);
      return ofRejections(rejected ? [rejected.rejection] : []);
    },
  },
  'beta does not permit an approval to skip after: it permits nothing': {
    'SKIP_NOT_ALLOWED skip[0]': bound({ skip: ['after'] }, [aRollout()]),
  },
  'beta does not permit an approval to skip after: it permits soakMinutes, allowedTimes': {
    'SKIP_NOT_ALLOWED skip[0]': bound({ skip: ['after'] }, [], { approval: { required: 1, skip: ['soakMinutes', 'allowedTimes'] } }),
  },
  'beta does not permit an approval to skip after: it permits soakMinutes': {
    'SKIP_NOT_ALLOWED skip[0]': bound({ skip: ['after'] }, [], { approval: { required: 1, skip: ['soakMinutes'] } }),
  },
  'beta has no rollout of this revision yet: publish it first, or add releaseDigest, which ota plan prints': {
    'UNKNOWN_RELEASE releaseDigest': bound({}, []),
  },
  'the release was accepted with another digest: look at its content, and approve the digest that ota status --json prints': {
    'APPROVAL_MISMATCH releaseDigest': bound({ releaseDigest: 'f'.repeat(64) }, [aRollout()]),
  },

  // Any detail
  'must have major version 1, which is the only one that this service reads': {
    'UNSUPPORTED_SCHEMA_VERSION schemaVersion': [release({ schemaVersion: '2' }), withdrawal({ schemaVersion: '2' })],
  },
  'this name has a special meaning in JavaScript: use a different name': {
    'INVALID_RELEASE constructor': release({ constructor: 1 }),
    'INVALID_WITHDRAWAL constructor': withdrawal({ constructor: 1 }),
    'channels.yml products.constructor': members({}, { products: { constructor: {} } }),
  },
  'this text has a lone surrogate, which UTF-8 cannot encode': {
    'INVALID_RELEASE description': onIot({ description: '\ud83d' }),
    'channels.yml createOTAUpdate.description': iotChannel({ description: '\ud83d' }),
  },
  'channels.yml: this text has a lone surrogate, which UTF-8 cannot encode': {
    'INVALID_REQUEST createOtaTask.Description': onMi({}, { Description: '\ud83d' }),
  },
  'this name has a lone surrogate, which UTF-8 cannot encode': {
    'NOT_AN_EVENT ["\\ud83d"]': body(bodyOf({}).replace('{', '{"\\ud83d":1,')),
  },
  'this number cannot be stored exactly: it is out of range, has too many digits, or is -0': {
    'INVALID_RELEASE revision': body(bodyOf(sampleDetail()).replace('"product"', '"revision":1e400,"product"')),
    'INVALID_WITHDRAWAL x': body(bodyOf({ x: 0 }, { 'detail-type': 'Firmware Release Withdrawn' }).replace('"x":0', '"x":-0')),
  },
  'unknown member: check the spelling, or remove it': {
    'INVALID_RELEASE firmware': release({ firmware: 'beta' }),
    'INVALID_WITHDRAWAL firmware': withdrawal({ firmware: 'beta' }),
    'channels.yml firmware': iotChannel({}, { firmware: 'allow' }),
    'channels.yml createOTAUpdate.retryConfig': iotChannel({ retryConfig: {} }),
  },
  'unknown member: did you mean channels?': {
    'INVALID_RELEASE channel': release({ channel: 'beta' }),
    'INVALID_WITHDRAWAL channel': withdrawal({ channel: 'beta' }),
    'channels.yml products.hub.chanels': members({ chanels: {} }),
  },
  'unknown member: did you mean unsigned?': { 'channels.yml unsinged': iotChannel({}, { unsinged: 'allow' }) },
  'unknown member: did you mean targetSelection?': {
    'channels.yml createOTAUpdate.targetSelecton': iotChannel({ targetSelecton: 'SNAPSHOT' }),
  },
  'required: 1 to 64 characters of a-z, 0-9 and -': {
    'INVALID_RELEASE product': release({ product: undefined }),
    'INVALID_WITHDRAWAL product': withdrawal({ product: undefined }),
  },
  'must be 1 to 64 characters of a-z, 0-9 and -, got a number': {
    'INVALID_RELEASE product': release({ product: 7 }),
    'INVALID_WITHDRAWAL channels[0]': withdrawal({ channels: [7] }),
  },
  'the name must be 1 to 64 characters of a-z, 0-9 and -': {
    'channels.yml products.Hub': members({}, { products: { Hub: { sources: ['a'], channels: { stable: { createOTAUpdate: iot } } } } }),
    'channels.yml products.hub.channels.Beta': members({ channels: { Beta: { createOTAUpdate: iot } } }),
  },
  'must be a SemVer 2.0 version of at most 64 characters, such as 2.4.1, got "v2.4.1" (no v in front): write 2.4.1': {
    'INVALID_RELEASE version': release({ version: 'v2.4.1' }),
    'INVALID_WITHDRAWAL version': withdrawal({ version: 'v2.4.1' }),
  },
  'must be a SemVer 2.0 version of at most 64 characters, such as 2.4.1, got text of 6 characters (no blanks around it): write 2.4.1': {
    'INVALID_RELEASE version': release({ version: ' 2.4.1' }),
  },
  'must be a SemVer 2.0 version of at most 64 characters, such as 2.4.1, got text of 65 characters': {
    'INVALID_RELEASE version': release({ version: `1.0.0-${'a'.repeat(59)}` }),
  },
  'must be a SemVer 2.0 version of at most 64 characters, such as 2.4.1, got a number': {
    'INVALID_RELEASE version': release({ version: 2 }),
  },
  'must be the text "1", got text of 3 characters': {
    'INVALID_RELEASE schemaVersion': release({ schemaVersion: 'one' }),
    'INVALID_WITHDRAWAL schemaVersion': withdrawal({ schemaVersion: 'one' }),
  },
  'must be a whole number of at least 1, got a number': {
    'INVALID_RELEASE revision': [release({ revision: 0 }), release({ revision: 1.5 })],
    'INVALID_RELEASE artifacts[0].sizeBytes': [artifactOfRelease({ sizeBytes: 0 }), artifactOfRelease({ sizeBytes: 1.5 })],
    'INVALID_APPROVAL revision': [approval({ revision: 0 }), approval({ revision: 1.5 })],
  },
  'must be true or false, got text of 5 characters': {
    'INVALID_RELEASE dryRun': release({ dryRun: 'false' }),
    'INVALID_WITHDRAWAL force': withdrawal({ force: 'false' }),
  },
  'must be text of 1 to 256 characters without control characters, got text of 0 characters': {
    'INVALID_RELEASE correlationId': release({ correlationId: '' }),
  },
  'must be text of 1 to 128 characters without control characters, got text of 0 characters': {
    'INVALID_WITHDRAWAL reasonCode': withdrawal({ reasonCode: '' }),
  },
  'must be text of at most 2000 characters, without control characters except tabs and line breaks, got text of 1 character': {
    'INVALID_WITHDRAWAL comment': withdrawal({ comment: '\u0007' }),
  },
  'must be text, got a number': { 'INVALID_RELEASE artifacts[0].fileName': artifactOfRelease({ fileName: 7 }) },
  'must be text of at least 1 character, got text of 0 characters': {
    'INVALID_RELEASE description': release({ description: '' }),
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.hashAlgorithm': signed({ hashAlgorithm: '' }),
  },
  'must be text of at least 1 character, got a number': { 'INVALID_RELEASE description': release({ description: 7 }) },
  'must be an object whose values are text, got a list of 0': {
    'INVALID_RELEASE artifacts[0].attributes': artifactOfRelease({ attributes: [] }),
    'INVALID_RELEASE tags': release({ tags: [] }),
  },
  'must be an RFC 3339 instant such as 2026-12-24T00:00:00Z, got text of 4 characters': {
    'INVALID_RELEASE notAfter': release({ notAfter: 'soon' }),
  },
  'must be an RFC 3339 instant such as 2026-12-24T00:00:00Z, got a number': { 'INVALID_RELEASE notAfter': release({ notAfter: 7 }) },
  'must be an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z, got text of 4 characters': {
    'INVALID_RELEASE startAt': release({ startAt: 'soon' }),
  },
  'must be an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z, got a number': {
    'INVALID_RELEASE startAt': release({ startAt: 7 }),
  },
  'must be a list of channel names, got text of 4 characters': {
    'INVALID_RELEASE channels': release({ channels: 'beta' }),
    'INVALID_WITHDRAWAL channels': withdrawal({ channels: 'beta' }),
    'INVALID_APPROVAL channels': approval({ channels: 'beta' }),
    'INVALID_HOLD channels': hold({ channels: 'beta' }),
  },
  'must be a list of at least 1 channel, got a list of 0': {
    'INVALID_RELEASE channels': release({ channels: [] }),
    'INVALID_WITHDRAWAL channels': withdrawal({ channels: [] }),
    'INVALID_APPROVAL channels': approval({ channels: [] }),
    'INVALID_HOLD channels': hold({ channels: [] }),
    'channels.yml after.channel': gated({ after: { channel: [] } }),
  },
  'this channel is listed twice: remove one of the two': {
    'INVALID_RELEASE channels[1]': release({ channels: ['beta', 'beta'] }),
    'INVALID_WITHDRAWAL channels[1]': withdrawal({ channels: ['beta', 'beta'] }),
    'INVALID_APPROVAL channels[1]': approval({ channels: ['beta', 'beta'] }),
    'INVALID_HOLD channels[1]': hold({ channels: ['beta', 'beta'] }),
  },

  // A release
  'must be a list of artifacts, got text of 4 characters': { 'INVALID_RELEASE artifacts': release({ artifacts: 'none' }) },
  'must be a list of at least 1 artifact, got a list of 0': { 'INVALID_RELEASE artifacts': release({ artifacts: [] }) },
  'must be an object, got text of 1 character': {
    'INVALID_RELEASE artifacts[0]': release({ artifacts: ['x'] }),
    'INVALID_RELEASE artifacts[0].fileLocation': artifactOfRelease({ fileLocation: 'x' }),
    'INVALID_RELEASE artifacts[0].fileLocation.stream': artifactOfRelease({ fileLocation: { stream: 'x' } }),
    'INVALID_RELEASE artifacts[0].codeSigning.customCodeSigning.signature': signed({ signature: 'x' }),
    'channels.yml createOTAUpdate': file({ createOTAUpdate: 'x' }),
    'channels.yml createOtaTask': file({ createOtaTask: 'x' }),
    'channels.yml jobDocument': onceChannel({}, { jobDocument: 'x' }),
    'channels.yml (channel)': file('x'),
    'channels.yml products.hub': members({}, { products: { hub: 'x' } }),
  },
  'must be an object, got a list of 0': {
    'INVALID_RELEASE $': detailInFile([]),
    'INVALID_WITHDRAWAL $': detailOf(parseWithdrawal, []),
    'INVALID_APPROVAL $': detailOf(parseApproval, []),
    'INVALID_HOLD $': [detailOf(parseHold, []), detailOf(parseResume, [])],
  },
  'must be an object, got null': { 'channels.yml $': yaml('') },
  'must be an S3 key of 1 to 1024 bytes, without "." or ".." between slashes, got text of 2 characters': {
    'INVALID_RELEASE artifacts[0].fileLocation.s3Location.key': s3Location({ key: '..' }),
  },
  'must be an S3 key of 1 to 1024 bytes, without "." or ".." between slashes, got a number': {
    'INVALID_RELEASE artifacts[0].fileLocation.s3Location.key': s3Location({ key: 7 }),
  },
  'must be an S3 version ID, but not the "null" of a bucket without versioning, got text of 4 characters': {
    'INVALID_RELEASE artifacts[0].fileLocation.s3Location.version': s3Location({ version: 'null' }),
  },
  'must be a whole number, got text of 1 character': {
    'INVALID_RELEASE artifacts[0].fileType': artifactOfRelease({ fileType: '1' }),
    'INVALID_RELEASE artifacts[0].fileLocation.stream.fileId': artifactOfRelease({
      fileLocation: { stream: { streamId: 's', fileId: '1' } },
    }),
  },
  'must be 64 lower-case hex characters, got text of 65 characters': {
    'INVALID_RELEASE artifacts[0].sha256': artifactOfRelease({ sha256: 'x'.repeat(65) }),
  },
  'must be 64 lower-case hex characters, got 63 hex characters': {
    'INVALID_RELEASE artifacts[0].sha256': artifactOfRelease({ sha256: 'a'.repeat(63) }),
  },
  'must be 64 lower-case hex characters, got 40 hex characters, as a SHA-1 has: use the SHA-256': {
    'INVALID_RELEASE artifacts[0].sha256': artifactOfRelease({ sha256: 'a'.repeat(40) }),
  },
  'must be 64 lower-case hex characters, got upper-case hex: use lower case': {
    'INVALID_RELEASE artifacts[0].sha256': artifactOfRelease({ sha256: 'A'.repeat(64) }),
  },
  'must be 64 lower-case hex characters, got base64, as S3 prints ChecksumSHA256: write the same bytes in hex': {
    'INVALID_RELEASE artifacts[0].sha256': artifactOfRelease({ sha256: `${'Z'.repeat(43)}=` }),
  },
  'required with s3Location': { 'INVALID_RELEASE artifacts[0].sha256': artifactOfRelease({ sha256: undefined }) },
  'required, unless awsSignerJobId names a job that knows the location': {
    'INVALID_RELEASE artifacts[0].fileLocation': artifactOfRelease({ fileLocation: undefined }),
  },
  'must have exactly one of stream and s3Location': {
    'INVALID_RELEASE artifacts[0].fileLocation': artifactOfRelease({ fileLocation: {} }),
  },
  'the job document must be in S3: give its s3Location': {
    'INVALID_RELEASE artifacts[0].fileLocation': release({
      artifacts: [{ fileLocation: { stream: { streamId: 's' } }, jobDocument: true }],
    }),
  },
  'only one artifact may be the job document': {
    'INVALID_RELEASE artifacts[1].jobDocument': release({
      artifacts: [1, 2].map(() => ({ ...sampleArtifact(), jobDocument: true })),
    }),
  },
  'only channels.yml may set this, because it names a bucket and a profile: remove it': {
    'INVALID_RELEASE artifacts[0].codeSigning.startSigningJobParameter': artifactOfRelease({
      codeSigning: { startSigningJobParameter: {} },
    }),
  },
  'has both awsSignerJobId and customCodeSigning: remove one of them': {
    'INVALID_SIGNING artifacts[0].codeSigning': artifactOfRelease({
      codeSigning: { awsSignerJobId: 'job-1', customCodeSigning: signature },
    }),
  },
  "must be base64 of the signature's bytes, encoded once, with padding and without line breaks, got text of 2 characters": {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({ signature: { inlineDocument: '!!' } }),
  },
  "must be base64 of the signature's bytes, encoded once, with padding and without line breaks, got a number": {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({ signature: { inlineDocument: 7 } }),
  },
  'is base64 that was encoded twice, as AWS CLI 2 takes it: decode it once, such as with base64 -d': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: btoa('MEUCIQ==') },
    }),
  },
  'is PEM: write only the base64 of a signature, on one line, without the lines that begin with -----': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: '-----BEGIN SIGNATURE-----' },
    }),
  },
  'is in hex: write the same bytes in base64': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: '0f'.repeat(64) },
    }),
  },
  'is base64 of text in hex: encode the bytes of the signature instead': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: btoa('0f'.repeat(64)) },
    }),
  },
  'is base64url: write + for -, and / for _, with padding': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: '_-8=' },
    }),
  },
  'has the wrong padding: append = until the length is a multiple of four, and no more': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: 'YQ' },
    }),
  },
  'is a certificate, a key or PEM in base64: write the base64 of the bytes of the signature': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: btoa('-----BEGIN CERTIFICATE-----') },
    }),
  },
  'has line breaks or blanks: write it on one line, as openssl base64 -A does': {
    'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument': signed({
      signature: { inlineDocument: 'MEUCIQ==\n' },
    }),
  },
  'must be a list of hardware names, got text of 2 characters': { 'INVALID_RELEASE hardware': release({ hardware: 'T6' }) },
  'the name must be 1 to 128 characters and must not begin with "aws:" or "ota-dispatch."': {
    'INVALID_RELEASE tags["AWS:owner"]': release({ tags: { 'AWS:owner': 'x' } }),
  },
  'must be text of at most 256 characters, got text of 257 characters': {
    'INVALID_RELEASE tags.ci': release({ tags: { ci: 'x'.repeat(257) } }),
  },
  'must be a list of ARNs, got text of 1 character': { 'INVALID_RELEASE targets': release({ targets: 'x' }) },
  'must be a list of at least 1 target, got a list of 0': { 'INVALID_RELEASE targets': release({ targets: [] }) },
  'must be after startAt': {
    'INVALID_RELEASE endAt': release({ startAt: '2026-12-01T02:00:00Z', endAt: '2026-12-01T02:00:00Z' }),
  },

  // A release and the channels that it names
  'channels.yml has no product thermostats: did you mean thermostat? this source publishes thermostat': {
    'UNKNOWN_PRODUCT product': planned({ product: 'thermostats' }),
  },
  'channels.yml has no product thermostats: check the spelling, or add the product and deploy': {
    'UNKNOWN_PRODUCT product': planned({ product: 'thermostats' }, { source: 'com.stranger' }),
  },
  'the product does not list this source: publish from a listed source, or add this one and deploy': {
    'SOURCE_NOT_ALLOWED source': planned({}, { source: 'com.stranger' }),
  },
  'the product has no channel gone: it has beta': { 'UNKNOWN_CHANNEL channels[0]': planned({ channels: ['gone'] }) },
  'the product has no channel btea: did you mean beta? it has beta': { 'UNKNOWN_CHANNEL channels[0]': planned({ channels: ['btea'] }) },
  'only the service sets tags with this prefix: use another key': {
    'INVALID_RELEASE tags["ota-dispatch.x"]': onIot({ tags: { 'ota-dispatch.x': '' } }),
  },
  'the release arrived after its notAfter': { 'EXPIRED notAfter': onIot({ notAfter: '2020-01-01T00:00:00Z' }) },
  'the release does not list all hardware of the product; missing: B, C': {
    'HARDWARE_MISMATCH hardware': planned({ hardware: ['A'] }, {}, ['A', 'B', 'C']),
  },
  'artifactBuckets of channels.yml does not list this bucket: use one that it lists, or add this one and deploy': {
    'BUCKET_NOT_ALLOWED artifacts[0].fileLocation.s3Location.bucket': onIot({
      artifacts: [{ ...artifact, fileLocation: { s3Location: { bucket: 'other', key: 'k', version: 'v' } } }],
    }),
  },
  'neither the channel nor the release has a target': { 'INVALID_RELEASE targets': onIot({}, { targets: undefined }) },
  'the channel has no query': { 'INVALID_RELEASE targets': onMi({}, { OtaTargetQueryString: undefined }) },
  'the channel does not take targets from a release: it has no targetsFromRelease': {
    'TARGET_NOT_ALLOWED targets[0]': [
      onIot({ targets: [thing('a')] }),
      onMi({ targets: [managedThing('a')] }, {}, { targetsFromRelease: ['*'] }),
    ],
  },
  'this is not the ARN of a thing or thinggroup': {
    'TARGET_NOT_ALLOWED targets[0]': ['x', 'arn:gcp:iot:us-east-1:000000000000:thing/a'].map((target) =>
      onIot({ targets: [target] }, {}, { targetsFromRelease: ['*'] }),
    ),
  },
  'this is not the ARN of a managed-thing': {
    'TARGET_NOT_ALLOWED targets[0]': onMi({ targets: ['x'] }, { ...once, OtaTargetQueryString: undefined }, { targetsFromRelease: ['*'] }),
  },
  'the target is of another partition, account or region: the ARNs of this stage begin with arn:aws:iot:us-east-1:000000000000:': {
    'TARGET_NOT_ALLOWED targets[0]': onIot({ targets: ['arn:aws:iot:us-east-1:999999999999:thing/a'] }, {}, { targetsFromRelease: ['*'] }),
  },
  'the target matches no glob of targetsFromRelease (the first of 2 such targets)': {
    'TARGET_NOT_ALLOWED targets[0]': onIot({ targets: [thing('a'), thing('c')] }, {}, { targetsFromRelease: ['arn:*:thing/b'] }),
  },
  'the target matches no glob of targetsFromRelease': {
    'TARGET_NOT_ALLOWED targets[0]': onIot({ targets: [thing('a')] }, {}, { targetsFromRelease: ['arn:*:thing/b'] }),
  },
  'there are 101 targets, and AWS takes at most 100: use a thing group': {
    'TOO_MANY_TARGETS targets': onIot({}, { targets: targets101(thing('a')) }),
  },
  'there are 101 targets, and AWS takes at most 100: use OtaType CONTINUOUS with a query': {
    'TOO_MANY_TARGETS targets': onMi({}, { OtaType: 'ONE_TIME', OtaTargetQueryString: undefined, Target: targets101(managedThing('a')) }),
  },
  'it has passed, so no device could start: give a later end': {
    'INVALID_REQUEST OtaSchedulingConfig.EndTime': onMi({}, { OtaSchedulingConfig: { EndTime: '2020-01-01T00:00' } }),
  },
  'there are 51 files, and the stream for MQTT takes at most 50: pack them into fewer files': {
    'INVALID_REQUEST files': onIot({ artifacts: Array.from({ length: 51 }, () => artifact) }),
  },
  'a text of the release has a placeholder, which AWS would replace in the job document: leave it out': {
    'INVALID_REQUEST files': onIot({ artifacts: [{ ...artifact, attributes: { a: placeholder('x}') } }] }),
  },
  'the job document that AWS writes has at least 40228 characters, and IoT Jobs takes at most 32768: use fewer files, or shorter names': {
    'INVALID_REQUEST files': onIot({ artifacts: [{ ...unsigned, fileName: 'x'.repeat(40_000) }] }, {}, { unsigned: 'allow' }),
  },
  'CreateOTAUpdate has no schedule: leave it out': {
    'UNSUPPORTED_BY_SERVICE startAt': onIot({ startAt: '2026-12-01T02:00:00Z' }),
    'UNSUPPORTED_BY_SERVICE endAt': onIot({ endAt: '2026-12-01T02:00:00Z' }),
  },
  'CreateOTAUpdate writes its own job document: leave jobDocument out': {
    'UNSUPPORTED_BY_SERVICE artifacts[0].jobDocument': onIot({ artifacts: [{ ...artifact, jobDocument: true }] }),
  },
  'managed things download from S3: give an s3Location': {
    'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation': onMi({ artifacts: [nowhere] }),
    'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream': onMi({ artifacts: [inStream] }),
  },
  'the artifact has no s3Location to verify: give one, or set unverified: [stream] in the channel': {
    'ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation': onIot({ artifacts: [inStream] }),
  },
  'must be SHA1 or SHA256, in upper or lower case, got text of 7 characters: FreeRTOS devices know no other name; if yours do, set algorithms: any in the channel':
    {
      'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.hashAlgorithm': onIot({
        artifacts: [{ ...artifact, codeSigning: { customCodeSigning: { ...signature, hashAlgorithm: 'SHA-256' } } }],
      }),
    },
  'neither the channel nor the release signs this file': { 'UNSIGNED_ARTIFACT artifacts[0].codeSigning': onIot({ artifacts: [unsigned] }) },
  'a signing job needs an object in S3, but this file is a stream': {
    'INVALID_REQUEST files[0].codeSigning.startSigningJobParameter': onIot({ artifacts: [inStream] }, signedByJob, unverified),
  },
  'required: there is no awsSignerJobId with the location either': {
    'INVALID_REQUEST files[0].fileLocation': onIot({ artifacts: [nowhere] }, {}, unverified),
  },
  'the location of the file is in its signing job, but the channel signs in another way': {
    'INVALID_SIGNING artifacts[0].codeSigning': onIot(
      { artifacts: [{ ...nowhere, codeSigning: { awsSignerJobId: 'job-1' } }] },
      signedByJob,
      unverified,
    ),
  },
  'the channel does not allow a schedule from a release: set scheduleFromRelease: allow in the channel': {
    'SCHEDULE_NOT_ALLOWED startAt': onMi({ startAt: '2026-12-01T02:00:00Z' }),
  },
  'this is not an RFC 3339 instant': { 'INVALID_RELEASE startAt': onMi({ startAt: 'soon' }, {}, { scheduleFromRelease: 'allow' }) },
  'it must be after StartTime': {
    'INVALID_REQUEST OtaSchedulingConfig.EndTime': onMi(
      { startAt: '2026-12-01T02:00:00Z' },
      { OtaSchedulingConfig: { EndTime: '2026-12-01T02:00' } },
      { scheduleFromRelease: 'allow' },
    ),
  },
  'at most 47 tags: this service adds 3, and AWS takes 50': {
    'INVALID_REQUEST Tags': onMi({ tags: tags48 }),
    'INVALID_REQUEST tags': onJobs({ tags: tags48 }),
  },
  'the job document has 33147 characters, and IoT Jobs takes at most 32768': {
    'INVALID_REQUEST S3Url': onMi({}, {}, { jobDocument: { notes: 'x'.repeat(32_500) } }),
  },
  'devices of a job download from S3: give an s3Location': {
    'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation': onJobs({ artifacts: [nowhere] }),
    'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream': onJobs({ artifacts: [inStream] }),
  },
  'the service writes the document of a job: leave jobDocument out': {
    'UNSUPPORTED_BY_SERVICE artifacts[0].jobDocument': onJobs({ artifacts: [{ ...artifact, jobDocument: true }] }),
  },
  'the AWS IoT Device Client takes no presigned URL of a bucket with a dot: use another bucket, or set artifactUrl in the channel': {
    'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.s3Location.bucket': onJobs(
      { artifacts: [{ ...artifact, fileLocation: { s3Location: { bucket: 'acme.firmware', key: 'k', version: 'v' } } }] },
      {},
      { format: 'device-client' },
    ),
  },
  'a job starts at least 30 minutes after its creation: give a later startTime in the channel': {
    'INVALID_REQUEST schedulingConfig.startTime': onJobs({}, { schedulingConfig: { startTime: '2020-01-01T00:00' } }),
  },
  'a job starts at least 30 minutes after its creation: give a later startAt': {
    'INVALID_REQUEST schedulingConfig.startTime': scheduled({ startAt: '2020-01-01T00:00:00Z' }),
  },
  'a job starts at most 365 days after its creation: give an earlier startTime in the channel': {
    'INVALID_REQUEST schedulingConfig.startTime': onJobs({}, { schedulingConfig: { startTime: '2099-01-01T00:00' } }),
  },
  'a job starts at most 365 days after its creation: give an earlier startAt': {
    'INVALID_REQUEST schedulingConfig.startTime': scheduled({ startAt: '2099-01-01T00:00:00Z' }),
  },
  'a job ends at least 30 minutes after its creation and its start: give a later endTime in the channel': {
    'INVALID_REQUEST schedulingConfig.endTime': onJobs({}, { schedulingConfig: { endTime: '2020-01-01T00:00' } }),
  },
  'a job ends at least 30 minutes after its creation and its start: give a later endAt': {
    'INVALID_REQUEST schedulingConfig.endTime': scheduled({ endAt: '2020-01-01T00:00:00Z' }),
  },
  'a job ends at most 730 days after its creation: give an earlier endTime in the channel': {
    'INVALID_REQUEST schedulingConfig.endTime': onJobs({}, { schedulingConfig: { endTime: '2099-01-01T00:00' } }),
  },
  'a job ends at most 730 days after its creation: give an earlier endAt': {
    'INVALID_REQUEST schedulingConfig.endTime': scheduled({ endAt: '2099-01-01T00:00:00Z' }),
  },
  'it needs an end, and neither the release nor the channel has one: give endAt': {
    'INVALID_REQUEST schedulingConfig.endBehavior': onJobs({}, { schedulingConfig: { endBehavior: 'CANCEL' } }),
  },
  'a package version cannot have the + of build metadata: release a version without it': {
    'INVALID_REQUEST destinationPackageVersions[0]': onJobs(
      { version: '1.0.0+b' },
      { destinationPackageVersions: ['arn:aws:iot:us-east-1:000000000000:package/camera/version/{version}'] },
    ),
  },
  'a text of the release has a placeholder, which AWS would replace: only the channel may have some, in jobDocument': {
    'INVALID_REQUEST document': onJobs({ artifacts: [{ ...artifact, attributes: { a: placeholder('x}') } }] }),
  },
  'it has 11 placeholders, and AWS takes at most 10: use fewer artifacts, or set artifactUrl in the channel': {
    'INVALID_REQUEST document': onJobs({ artifacts: Array.from({ length: 11 }, () => artifact) }),
  },
  'it has 33186 bytes, and AWS takes at most 32768: use fewer artifacts, or shorter texts': {
    'INVALID_REQUEST document': onJobs({}, {}, { jobDocument: { n: 'x'.repeat(32_500) } }),
  },
  'must be HTTP': { 'INVALID_REQUEST Protocol': onMi({}, { Protocol: 'FTP' }) },
  'must be one of MQTT, HTTP': { 'INVALID_REQUEST protocols[0]': onIot({}, { protocols: ['FTP'] }) },
  'the requests of all channels take 404425 bytes, and one row keeps at most 307200: publish to fewer channels at once': {
    'TOO_LARGE channels': onIot({
      artifacts: [
        { ...artifact, attributes: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'x'.repeat(4_000)])) },
      ],
    }),
  },

  // A release and what already exists
  'S3 has no such object version': {
    'ARTIFACT_NOT_FOUND artifacts[0].fileLocation.s3Location': stored({ found: false }),
  },
  'S3 has archived the object, so neither AWS nor a device can read it: restore it, or upload it in another storage class': {
    'ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation.s3Location': stored({ found: true, sizeBytes: 10, archived: true }),
  },
  'the object has 11 bytes': { 'ARTIFACT_MISMATCH artifacts[0].sizeBytes': stored({ found: true, sizeBytes: 11 }) },
  'the object has a different SHA-256': {
    'ARTIFACT_MISMATCH artifacts[0].sha256': stored({ found: true, sizeBytes: 10, sha256: 'ff' }),
  },
  'the artifact has more than the 16777216 bytes that the service takes': {
    'ARTIFACT_TOO_LARGE artifacts[0].sizeBytes': onIot({ artifacts: [{ ...artifact, sizeBytes: 16_777_217 }] }),
  },
  'S3 stores no SHA-256 of the object, and the artifacts are too large to hash here: upload it with a SHA-256 checksum': {
    'ARTIFACT_NOT_VERIFIABLE artifacts[0].sha256': stored({ found: true, sizeBytes: 10 }),
  },
  'this product, version and revision was accepted before with different content: publish a new revision or version': {
    'RELEASE_CONFLICT $': accepted({ releaseDigest: 'ff' }),
  },
  'a version that differs only in build metadata was accepted before, and neither is newer: publish another version': {
    'VERSION_AMBIGUOUS version': accepted({ version: '2.0.0+b' }),
  },

  // channels.yml as text
  'the file is not UTF-8 here, but UTF-16 or Windows-1252, for example: save it as UTF-8': {
    'channels.yml $': yaml(Buffer.from('artifactBuckets: []\nproducts: {} # für', 'latin1').toString('utf8')),
  },
  'anchors and aliases are not allowed: write the value itself': { 'channels.yml $': yaml('artifactBuckets: &a []\nproducts: {}\n') },
  'tags are not allowed: remove it': { 'channels.yml $': yaml('artifactBuckets: []\nproducts: !!map {}\n') },
  'a name must be text: quote it': { 'channels.yml $': yaml('artifactBuckets: []\nproducts:\n  7: {}\n') },
  'a name must be text': { 'channels.yml $': yaml('artifactBuckets: []\nproducts:\n  ? [a]\n  : {}\n') },
  'this number is too large to be kept exactly': {
    'channels.yml products.a': yaml('artifactBuckets: []\nproducts: { a: 9007199254740993 }\n'),
  },

  // The members of channels.yml
  'the event pattern has 2076 characters, but EventBridge accepts at most 2048: let products share sources': {
    'event pattern': () => {
      const message = judgeEventPattern({ account: [], source: ['x'.repeat(2_000)], 'detail-type': ['Firmware Release Published', ''] });
      return [{ place: 'event pattern', message: message ?? '' }];
    },
  },
  'unknown variable: the only ones are aws:accountId, aws:region, aws:partition and sls:stage': {
    'channels.yml products.hub.sources[0]': members({ sources: [variable('env:SOURCE')] }),
  },
  'a name must not have a variable, because only those in values are replaced': {
    'channels.yml products.hub.channels["${sls:stage}"]': members({ channels: { [variable('sls:stage')]: {} } }),
  },
  'required: a list of S3 buckets': { 'channels.yml artifactBuckets': members({}, { artifactBuckets: undefined }) },
  'must be the name of an S3 bucket: 3 to 63 characters of a-z, 0-9, - and single dots, and not an IP address, got text of 1 character': {
    'channels.yml artifactBuckets[0]': members({}, { artifactBuckets: ['*'] }),
  },
  'must be a list of different buckets, got a list of 2': {
    'channels.yml artifactBuckets': members({}, { artifactBuckets: ['abc', 'abc'] }),
  },
  'must be an object with a member for each product, got a list of 0': { 'channels.yml products': members({}, { products: [] }) },
  'must be an object with at least 1 product, got an object': { 'channels.yml products': members({}, { products: {} }) },
  'must be a list of event sources, got text of 1 character': { 'channels.yml products.hub.sources': members({ sources: 'a' }) },
  'must be a list of at least 1 source, got a list of 0': { 'channels.yml products.hub.sources': members({ sources: [] }) },
  'must be a list of different sources, got a list of 2': { 'channels.yml products.hub.sources': members({ sources: ['a', 'a'] }) },
  'must be an event source other than aws.* (reserved for AWS) and ota-dispatch (this service), with 1 to 256 ASCII characters and without blanks or *, got text of 6 characters':
    {
      'channels.yml products.hub.sources[0]': members({ sources: ['aws.s3'] }),
    },
  'must be a list of hardware names, got text of 1 character': { 'channels.yml products.hub.hardware': members({ hardware: 'A' }) },
  'must be a list of at least 1 name, got a list of 0': { 'channels.yml products.hub.hardware': members({ hardware: [] }) },
  'must be a list of different names, got a list of 2': { 'channels.yml products.hub.hardware': members({ hardware: ['A', 'A'] }) },
  'must be an object with a member for each channel, got a list of 0': { 'channels.yml products.hub.channels': members({ channels: [] }) },
  'must be an object with at least 1 channel, got an object': { 'channels.yml products.hub.channels': members({ channels: {} }) },

  // The gates of channels
  'the product has no other channel: remove after': { 'channels.yml after': iotChannel({}, { after: 'beta' }) },
  'unknown channel: the product has beta': { 'channels.yml after': gated({ after: 'gamma' }) },
  'unknown channel: did you mean beta? the product has beta': { 'channels.yml after.channel[0]': gated({ after: { channel: ['btea'] } }) },
  'a channel cannot wait for itself: name another channel': { 'channels.yml after': gated({ after: 'stable' }) },
  'the channels wait for each other, so none ever starts: beta waits for stable waits for beta': {
    'channels.yml products.hub.channels.beta.after': gated({ after: 'beta' }, {}, { beta: { createOTAUpdate: iot, after: 'stable' } }),
  },
  'must be the name of a channel, or an object with channel, got a list of 1': { 'channels.yml after': gated({ after: ['beta'] }) },
  'required: the name of a channel, or a list of them': { 'channels.yml after.channel': gated({ after: {} }) },
  'must be a list of different channels, got a list of 2': {
    'channels.yml after.channel': gated({ after: { channel: ['beta', 'beta'] } }),
  },
  'must be a number from 1 to 100, got a number': {
    'channels.yml after.minSucceededPercentage': gated({ after: { channel: 'beta', minSucceededPercentage: 0 } }),
  },
  'must be a number from 0 to 100, got text of 3 characters': {
    'channels.yml after.maxFailedPercentage': gated({ after: { channel: 'beta', maxFailedPercentage: '5 %' } }),
  },
  'must be a whole number from 0 to 525600, got a number': {
    'channels.yml after.soakMinutes': gated({ after: { channel: 'beta', soakMinutes: 0.5 } }),
  },
  'must be the word required, or an object with required, got a boolean': { 'channels.yml approval': gated({ approval: true }) },
  'must be a whole number from 1 to 50, got a number': { 'channels.yml approval.required': gated({ approval: { required: 0 } }) },
  'nobody may approve: list event sources in approvers of the product, beside sources': {
    'channels.yml approval': gated({ approval: 'required' }, { approvers: undefined }),
  },
  'the product has 1 approver, and each approves once: add approvers, or require at most 1': {
    'channels.yml approval.required': gated({ approval: { required: 2 } }),
  },
  'the product has 2 approvers, and each approves once: add approvers, or require at most 2': {
    'channels.yml approval.required': gated({ approval: { required: 3 } }, { approvers: ['a', 'b'] }),
  },
  'this source is in sources, too, and a release is never approved by its own source: use another source': {
    'channels.yml products.hub.approvers[1]': gated({}, { approvers: ['com.acme.board', 'com.acme'] }),
  },
  'must be one of the words after, soakMinutes, allowedTimes, got text of 4 characters': {
    'channels.yml approval.skip[0]': gated({ approval: { skip: ['soak'] } }),
  },
  'the channel has no soakMinutes to skip: remove this word': {
    'channels.yml approval.skip[0]': gated({ after: 'beta', approval: { skip: ['soakMinutes'] } }),
  },
  'must be a list of objects with cron and timeZone, got text of 9 characters': {
    'channels.yml allowedTimes': gated({ allowedTimes: '* 9 ? * *' }),
  },
  'must be an object with cron and timeZone, got text of 11 characters': {
    'channels.yml allowedTimes[0]': gated({ allowedTimes: ['* 9 ? * * *'] }),
  },
  'must be a list of at least 1 object with cron and timeZone, got a list of 0': {
    'channels.yml allowedTimes': gated({ allowedTimes: [] }),
  },
  'must be a list of different times, got a list of 2': {
    'channels.yml allowedTimes': gated({ allowedTimes: [1, 2].map(() => ({ cron: '* 9 ? * * *', timeZone: 'UTC' })) }),
  },
  'must be six bare fields, such as * 9-15 ? * MON-THU *: leave out cron( and )': {
    'channels.yml allowedTimes[0].cron': allowed('cron(* 9 ? * MON *)'),
  },
  'must have at most 200 characters, of letters, digits, blanks and * ? , / # -': {
    'channels.yml allowedTimes[0].cron': allowed('* 9 ? * MON\t*'),
  },
  'must be six fields: minutes, hours, day of month, month, day of week, year; it has 7': {
    'channels.yml allowedTimes[0].cron': allowed('0 0 9 ? * MON *'),
  },
  'must be six fields: minutes, hours, day of month, month, day of week, year; it has 5, as on Unix: add a year, such as *, and write ? for one of the two days':
    { 'channels.yml allowedTimes[0].cron': allowed('0 9 * * 1') },
  'exactly one of day of month and day of week must be ?, and here both are: write * for one of them': {
    'channels.yml allowedTimes[0].cron': allowed('* 9 ? * ? *'),
  },
  'exactly one of day of month and day of week must be ?: write ? for the one that does not matter': {
    'channels.yml allowedTimes[0].cron': allowed('* 9 * * MON *'),
  },
  'hours: 24 is not one of 0-23, and not a range or step of them': { 'channels.yml allowedTimes[0].cron': allowed('* 24 ? * MON *') },
  'hours: 22-6 ends before it begins: write 22-23,0-6': { 'channels.yml allowedTimes[0].cron': allowed('* 22-6 ? * MON *') },
  'minutes: the step 60 must be 1 to 59': { 'channels.yml allowedTimes[0].cron': allowed('0/60 9 ? * MON *') },
  'hours: ? is for one of the two days only': { 'channels.yml allowedTimes[0].cron': allowed('* ? ? * MON *') },
  'day of month: W must be a day of the month and W, alone in its field, such as 15W': {
    'channels.yml allowedTimes[0].cron': allowed('* 9 LW * ? *'),
  },
  'day of month: L must be alone in its field: L is the last day, and 6L the last Friday of the month': {
    'channels.yml allowedTimes[0].cron': allowed('* 9 L-3 * ? *'),
  },
  'day of week: # must be a day of the week, # and 1 to 5, alone in its field, such as 3#2 for the second Tuesday': {
    'channels.yml allowedTimes[0].cron': allowed('* 9 ? * 3#6 *'),
  },
  'there is no such day in any year: it matches no minute': { 'channels.yml allowedTimes[0].cron': allowed('* 9 30 2 ? *') },
  'no minute of the year from 2026-11-30 on matches: use * as year, or remove it': {
    'channels.yml allowedTimes[0].cron': allowed('* 9 ? * * 2025', 'UTC', Date.parse('2026-11-30T12:00:00Z')),
  },
  'must be a time zone of the IANA database, such as Europe/Berlin, and not an offset: an offset knows no daylight saving': {
    'channels.yml allowedTimes[0].timeZone': ['+01:00', 'UTC+1', 'UTC +1', '0100'].map((zone) => allowed('* 9 ? * * *', zone)),
  },
  'must be a time zone of the IANA database, such as Europe/Berlin, and not an abbreviation: it means several zones': {
    'channels.yml allowedTimes[0].timeZone': ['BST', 'PST', 'XYZ'].map((zone) => allowed('* 9 ? * * *', zone)),
  },
  'it has passed: give a later end, or remove it': {
    'channels.yml createOtaTask.OtaSchedulingConfig.EndTime': file(
      { createOtaTask: { ...once, OtaSchedulingConfig: { EndTime: '2026-01-01T00:00' } } },
      {},
      {},
      undefined,
      Date.parse('2026-11-30T12:00:00Z'),
    ),
  },
  'it is less than 30 minutes ahead, or has passed: give a later time, or remove it': {
    'channels.yml createJob.schedulingConfig.endTime': file(
      { createJob: { ...job, schedulingConfig: { endTime: '2026-11-30T12:30' } }, format: 'plain' },
      {},
      {},
      undefined,
      Date.parse('2026-11-30T12:00:00Z'),
    ),
  },
  'must be a time zone of the IANA database, such as Europe/Berlin: did you mean Europe/Berlin?': {
    'channels.yml allowedTimes[0].timeZone': allowed('* 9 ? * * *', 'Europe/Berlim'),
  },
  'must be a time zone of the IANA database, such as Europe/Berlin: check the spelling': {
    'channels.yml allowedTimes[0].timeZone': ['local', 'at home +01:00', '+01:00 at home'].map((zone) => allowed('* 9 ? * * *', zone)),
  },
  'unknown member: belongs in after: write after: { channel: …, and this member }': {
    'channels.yml soakMinutes': gated({ soakMinutes: 60 }),
  },
  'unknown member: belongs to the product, beside sources: move it there': { 'channels.yml approvers': gated({ approvers: [] }) },
  'unknown member: a hold must not need a deployment: remove it, and use ota hold': {
    'channels.yml hold': gated({ hold: true }),
    'channels.yml products.hub.hold': gated({}, { hold: true }),
  },
  'unknown member: there are no waves inside a channel: make a channel of each wave, and use after': {
    'channels.yml waves': gated({ waves: [] }),
  },
  'unknown member: a failed release shuts the gates behind it, and stops nothing that runs: remove it, and use ota withdraw': {
    'channels.yml whenAborted': gated({ whenAborted: 'withdraw' }),
  },
  'unknown member: the service does not know what a device runs: remove it, and choose devices by a group or query': {
    'channels.yml devicesRunAtLeast': gated({ devicesRunAtLeast: '2.0.0' }),
  },
  'beta is CONTINUOUS, so new devices join it at any time, and 100 % may never be reached: ask for less': {
    'warning after.minSucceededPercentage': gated({ after: { channel: 'beta', minSucceededPercentage: 100 } }),
  },
  'the gate may open after the startAt of a release, or not before its endAt, which ends the rollout with EXPIRED: give schedules room': {
    'warning scheduleFromRelease': onceChannel(
      {},
      { scheduleFromRelease: 'allow', allowedTimes: [{ cron: '* 9 ? * * *', timeZone: 'UTC' }] },
    ),
  },

  // The options of a channel
  'a channel must have createOTAUpdate, createOtaTask or createJob': { 'channels.yml (channel)': [file({}), file({ format: 'plain' })] },
  'a channel must not have both createOTAUpdate and createOtaTask: remove one of them': {
    'channels.yml createOtaTask': file({ createOTAUpdate: iot, createOtaTask: once }),
  },
  'a channel must not have both createOtaTask and createJob: remove one of them': {
    'channels.yml createJob': file({ createOtaTask: once, createJob: job }),
  },
  'only a channel with createOtaTask or createJob may have this member: remove it': {
    'channels.yml jobDocument': iotChannel({}, { jobDocument: {} }),
    'channels.yml artifactUrl': iotChannel({}, { artifactUrl: 'https://x/{key}' }),
  },
  'only a channel with createJob may have this member: remove it': {
    'channels.yml format': [iotChannel({}, { format: 'plain' }), onceChannel({}, { format: 'plain' })],
  },
  'required, because a device rejects a document of the wrong form: set device-client or plain, beside createJob': {
    'channels.yml format': file({ createJob: job }),
  },
  'must be device-client or plain, got text of 3 characters': { 'channels.yml format': ofJob({}, { format: 'nrf' }) },
  'must be the word any, got text of 5 characters': { 'channels.yml algorithms': iotChannel({}, { algorithms: 'allow' }) },
  'must be the word allow, got a boolean': { 'channels.yml unsigned': iotChannel({}, { unsigned: true }) },
  'must be stream or signerJob, got text of 2 characters': { 'channels.yml unverified[0]': iotChannel({}, { unverified: ['s3'] }) },
  'must be a list of the words stream and signerJob, got text of 6 characters': {
    'channels.yml unverified': iotChannel({}, { unverified: 'stream' }),
  },
  'must be a list of different words, got a list of 2': { 'channels.yml unverified': iotChannel({}, { unverified: ['stream', 'stream'] }) },
  'must be a list of globs, got text of 1 character': { 'channels.yml targetsFromRelease': iotChannel({}, { targetsFromRelease: '*' }) },
  'must be a list of at least 1 glob, got a list of 0': { 'channels.yml targetsFromRelease': iotChannel({}, { targetsFromRelease: [] }) },
  'must be a list of different globs, got a list of 2': {
    'channels.yml targetsFromRelease': iotChannel({}, { targetsFromRelease: ['*', '*'] }),
  },
  'the only wildcard is *': { 'channels.yml targetsFromRelease[0]': iotChannel({}, { targetsFromRelease: ['arn:aws:iot:*:thing/[a-z]'] }) },
  'cannot match the ARN of any target of iot': {
    'channels.yml targetsFromRelease[0]': iotChannel({}, { targetsFromRelease: ['arn:aws:s3:*'] }),
  },
  'cannot match the ARN of any target of iotmanagedintegrations': {
    'channels.yml targetsFromRelease[0]': onceChannel({}, { targetsFromRelease: ['arn:aws:iot:*'] }),
  },
  'the ARN is of the partition "aws-cn", but the stage is in aws: write ${aws:partition} in its place': {
    'channels.yml createOTAUpdate.roleArn': iotChannel({ roleArn: 'arn:aws-cn:iam::123456789012:role/ota-service' }),
  },
  'the ARN is of the region "eu-west-1" and the account "123456789012", but the stage is in us-east-1 and 999999999999: write ${aws:region} and ${aws:accountId} in their places':
    {
      'channels.yml createOTAUpdate.targets[0]': file(
        { createOTAUpdate: { ...iot, roleArn: 'arn:aws:iam::999999999999:role/ota-service' } },
        {},
        {},
        { accountId: '999999999999', region: 'us-east-1', stage: 'prod' },
      ),
    },
  'the ARN names the account "123456789012", and the channel works only there: write ${aws:accountId}, or name the account of the stage': {
    'warning createOTAUpdate.roleArn': file({
      createOTAUpdate: { ...iot, targets: ['arn:aws:iot:us-east-1:000000000000:thing/a'] },
    }),
  },
  'needs numberOfNotifiedThings or numberOfSucceededThings': {
    'channels.yml createOTAUpdate.awsJobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria': iotChannel({
      awsJobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor: 2, rateIncreaseCriteria: {} } },
    }),
  },
  'must be keep, cancel or delete, got text of 4 characters': { 'channels.yml whenSuperseded': iotChannel({}, { whenSuperseded: 'stop' }) },
  'IoT Core jobs are canceled, not deleted: use keep or cancel': {
    'channels.yml whenSuperseded': iotChannel({}, { whenSuperseded: 'delete' }),
  },
  'jobs are canceled, not deleted: use keep or cancel': { 'channels.yml whenSuperseded': ofJob({}, { whenSuperseded: 'delete' }) },
  'managed integrations cannot cancel a task: use keep or delete': {
    'channels.yml whenSuperseded': onceChannel({}, { whenSuperseded: 'cancel' }),
  },
  'required, because MI keeps abort criteria and timeout there: set it, or set unguarded: allow': {
    'channels.yml createOtaTask.TaskConfigurationId': onceChannel({ TaskConfigurationId: undefined }),
  },
  'the certificate of S3 does not cover "firmware.acme" in the host, because it has a dot: write https://s3.{region}.amazonaws.com/{bucket}/{key}?versionId={version}':
    {
      'channels.yml artifactUrl': file(
        { createOtaTask: always, artifactUrl: 'https://{bucket}.s3.{region}.amazonaws.com/{key}' },
        {},
        { artifactBuckets: ['firmware.acme'] },
      ),
    },
  'a certificate with a wildcard does not cover "a.acme", "b.acme" in the host, because it has a dot: write {bucket} into the path': {
    'warning artifactUrl': file(
      { createOtaTask: always, artifactUrl: 'https://{bucket}.cdn.example.com/{key}' },
      {},
      { artifactBuckets: ['a.acme', 'b.acme'] },
    ),
  },
  'a certificate with a wildcard does not cover "firmware.acme" in the host, because it has a dot: write {bucket} into the path': {
    'warning artifactUrl': ['cdn', 's3'].map((host) =>
      file(
        { createOtaTask: always, artifactUrl: `https://{bucket}.${host}.example.com/{key}` },
        {},
        { artifactBuckets: ['firmware.acme'] },
      ),
    ),
  },
  'the only placeholders are {bucket}, {key}, {version} and {region}': {
    'channels.yml artifactUrl': onceChannel({}, { artifactUrl: 'https://x/{key}/{sha256}' }),
  },
  'must be a URL such as https://cdn.example.com/{key}': { 'channels.yml artifactUrl': onceChannel({}, { artifactUrl: '/{key}' }) },
  'must contain {key} or {version}, or all artifacts would have the same URL': {
    'channels.yml artifactUrl': onceChannel({}, { artifactUrl: 'https://x/{bucket}' }),
  },
  'has no effect on the AWS service of this channel: remove it': {
    'warning scheduleFromRelease': iotChannel({}, { scheduleFromRelease: 'allow' }),
    'warning unsigned': [onceChannel({}, { unsigned: 'allow' }), ofJob({}, { unsigned: 'allow' })],
    'warning unverified': ofJob({}, { unverified: ['stream'] }),
  },
  'without it, devices get an unsigned S3 URL, which a private bucket answers with 403: set a URL that devices can read': {
    'warning artifactUrl': alwaysChannel({}),
  },
  'AWS documents managed integrations for ca-central-1, eu-west-1, me-central-1, and not for us-east-1: deploy the stage in one of these regions':
    {
      'warning createOtaTask': file({ createOtaTask: always }, {}, {}, { accountId: account, region: 'us-east-1', stage: 'prod' }),
    },
  'every release gets this description in place of its own: leave it out, unless all should have this one': {
    'warning createOTAUpdate.description': iotChannel({ description: 'x' }),
    'warning createJob.description': ofJob({ description: 'x' }),
    'warning createOtaTask.Description': onceChannel({ Description: 'x' }, { artifactUrl: 'https://x/{key}' }),
  },
  'once this is too near, every release without startAt is rejected: remove it, and set scheduleFromRelease: allow': {
    'warning createJob.schedulingConfig.startTime': ofJob({ schedulingConfig: { startTime: '2099-01-01T00:00' } }),
  },
  'once this is too near, every release without endAt is rejected: remove it, and set scheduleFromRelease: allow': {
    'warning createJob.schedulingConfig.endTime': ofJob({ schedulingConfig: { endTime: '2099-01-01T00:00' } }),
  },
  'every release gets this fileVersion in place of its own: leave it out': {
    'warning createOTAUpdate.files[0].fileVersion': iotChannel({ files: [{ fileVersion: '1' }] }),
  },
  'is empty, as in a skeleton of the AWS CLI: write a value, or leave it out': {
    'warning createOTAUpdate.files[0].fileName': iotChannel({ files: [{ fileName: '' }] }),
  },
  'products.hub.channels.stable has the same target, but neither channel knows the rollouts of the other': {
    'warning products.hub.channels.beta.createOTAUpdate.targets[0]': members({
      channels: { stable: { createOTAUpdate: iot }, beta: { createOTAUpdate: iot } },
    }),
  },

  // The template of a request
  'the service sets this itself: remove it': {
    'channels.yml createOTAUpdate.otaUpdateId': iotChannel({ otaUpdateId: 'x' }),
    'channels.yml createOTAUpdate.additionalParameters["ota-dispatch.x"]': iotChannel({ additionalParameters: { 'ota-dispatch.x': '' } }),
    'channels.yml createOTAUpdate.tags[0].Key': iotChannel({ tags: [{ Key: 'ota-dispatch.x' }] }),
    'channels.yml createJob.jobId': ofJob({ jobId: 'x' }),
    'channels.yml createJob.tags[0].Key': ofJob({ tags: [{ Key: 'ota-dispatch.x' }] }),
    'channels.yml createOtaTask.ClientToken': onceChannel({ ClientToken: 'x' }),
    'channels.yml createOtaTask.S3Url': onceChannel({ S3Url: 's3://a/b' }),
    'channels.yml createOtaTask.Tags["ota-dispatch.x"]': onceChannel({ Tags: { 'ota-dispatch.x': '' } }),
  },
  'required, unless targetsFromRelease permits targets from a release': {
    'channels.yml createOTAUpdate.targets': iotChannel({ targets: undefined }),
    'channels.yml createOtaTask.Target': onceChannel({ Target: undefined }),
    'channels.yml createJob.targets': ofJob({ targets: undefined }),
  },
  'the service writes the document: put members of your own into jobDocument, beside createJob': {
    'channels.yml createJob.document': [ofJob({ document: '{}' }), ofJob({ document: placeholder('s3-presigned-url:https://x}') })],
  },
  'the service writes the document, so that it cannot change later: put members of your own into jobDocument': {
    'channels.yml createJob.documentSource': ofJob({ documentSource: 's3://a/b' }),
  },
  'a template can change after the release was accepted: write its members into createJob': {
    'channels.yml createJob.jobTemplateArn': ofJob({ jobTemplateArn: 'arn:aws:iot:eu-west-1:123456789012:jobtemplate/a' }),
  },
  'only managed job templates have parameters, and the service writes the document: remove it': {
    'channels.yml createJob.documentParameters': ofJob({ documentParameters: { a: 'b' } }),
  },
  'AWS takes either numberOfNotifiedThings or numberOfSucceededThings: remove one of the two': {
    'channels.yml createJob.jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria': ofJob({
      jobExecutionsRolloutConfig: {
        exponentialRate: {
          baseRatePerMinute: 1,
          incrementFactor: 2,
          rateIncreaseCriteria: { numberOfNotifiedThings: 1, numberOfSucceededThings: 1 },
        },
      },
    }),
  },
  'no device times out without a timeout: set timeoutConfig.inProgressTimeoutInMinutes': {
    'channels.yml createJob.jobExecutionsRetryConfig.criteriaList[0].failureType': ofJob({
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 1 }] },
    }),
  },
  'must be at least 30 minutes after startTime': {
    'channels.yml createJob.schedulingConfig.endTime': ofJob({
      schedulingConfig: { startTime: '2026-12-01T02:00', endTime: '2026-12-01T02:29' },
    }),
  },
  'required: set presignedUrlConfig.roleArn, the role with which AWS IoT signs the URLs of the files': {
    'channels.yml createJob.presignedUrlConfig.roleArn': [ofJob({ presignedUrlConfig: undefined }), ofJob({ presignedUrlConfig: {} })],
  },
  'the role is a member of presignedUrlConfig: move it there': { 'channels.yml createJob.roleArn': ofJob({ roleArn: 'x' }) },
  'CreateJob has other names than CreateOTAUpdate: write abortConfig, with criteriaList': {
    'channels.yml createJob.awsJobAbortConfig': ofJob({ awsJobAbortConfig: {} }),
  },
  'unknown member: belongs beside createJob: move it there': {
    'channels.yml createJob.format': ofJob({ format: 'plain' }),
    'channels.yml createJob.after': ofJob({ after: 'beta' }),
  },
  'unknown member: belongs beside createOTAUpdate: move it there': {
    'channels.yml createOTAUpdate.unsigned': file({ createOTAUpdate: { ...iot, unsigned: 'allow' } }),
  },
  'needs an end: set endTime, or scheduleFromRelease: allow and endAt in the release': {
    'channels.yml createJob.schedulingConfig.endBehavior': ofJob({ schedulingConfig: { endBehavior: 'CANCEL' } }),
  },
  'AWS takes windows only with targetSelection CONTINUOUS: set it, or remove the windows': {
    'channels.yml createJob.schedulingConfig.maintenanceWindows': ofJob({
      schedulingConfig: { maintenanceWindows: [{ startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 60 }] },
    }),
  },
  'must be a cron in UTC such as cron(0 2 ? * SUN *)': {
    'channels.yml createJob.schedulingConfig.maintenanceWindows[0].startTime': windows('0 2 ? * SUN *'),
  },
  'there is no such day in any year, so the window never opens': {
    'channels.yml createJob.schedulingConfig.maintenanceWindows[0].startTime': windows('cron(0 2 30 2 ? *)'),
  },
  '$default can change after the release was accepted: name a version, such as {version} in destinationPackageVersions': {
    'channels.yml createJob.destinationPackageVersions[0]': ofJob({
      destinationPackageVersions: ['arn:aws:iot:eu-west-1:123456789012:package/camera/version/$default'],
    }),
    'channels.yml jobDocument': ofJob({}, { jobDocument: { a: placeholder('package:camera:version:$default:attributes}') } }),
  },
  'must be the ARN of a package version, such as arn:aws:iot:REGION:ACCOUNT:package/NAME/version/1.0.0': {
    'channels.yml createJob.destinationPackageVersions[0]': ofJob({ destinationPackageVersions: ['camera'] }),
  },
  'must be a list of 1 to 100 items, got 101: use a thing group': {
    'channels.yml createOTAUpdate.targets': iotChannel({ targets: targets101('arn:aws:iot:eu-west-1:123456789012:thing') }),
  },
  'must be a list of 1 to 100 items, got 101: use OtaType CONTINUOUS with a query': {
    'channels.yml createOtaTask.Target': onceChannel({
      Target: targets101('arn:aws:iotmanagedintegrations:eu-west-1:123456789012:managed-thing'),
    }),
  },
  'must be a whole number of 1 to 10080': {
    'channels.yml createOTAUpdate.awsJobTimeoutConfig.inProgressTimeoutInMinutes': iotChannel({
      awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 0 },
    }),
  },
  'must be a list, got text of 4 characters': { 'channels.yml createOTAUpdate.protocols': iotChannel({ protocols: 'MQTT' }) },
  'must be text of 1 to 128 characters, got 0': { 'channels.yml createOTAUpdate.tags[0].Key': iotChannel({ tags: [{ Key: '' }] }) },
  'the name must be text of 1 to 128 characters, got 0': { 'channels.yml createOtaTask.Tags[""]': onceChannel({ Tags: { '': '' } }) },
  'must be the ARN of an IAM role': {
    'channels.yml createOTAUpdate.roleArn': iotChannel({ roleArn: 'arn:aws:iam::123456789012:user/ota' }),
  },
  'must name exactly one role, without wildcards': {
    'channels.yml createOTAUpdate.roleArn': iotChannel({ roleArn: 'arn:aws:iam::123456789012:role/*' }),
    'channels.yml createJob.presignedUrlConfig.roleArn': ofJob({ presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/*' } }),
  },
  'tags[1] has the same key: remove one of the two': {
    'channels.yml createOTAUpdate.tags[2].Key': iotChannel({ tags: [{ Key: 'a' }, { Key: 'b' }, { Key: 'b' }] }),
  },
  'is listed twice: remove one of the two': { 'channels.yml createOTAUpdate.protocols[1]': iotChannel({ protocols: ['HTTP', 'HTTP'] }) },
  'files[1] also has no fileName: remove one of the two': {
    'channels.yml createOTAUpdate.files[2]': iotChannel({ files: [{ fileName: 'a' }, { fileType: 1 }, { fileType: 2 }] }),
  },
  'files[1] has the same fileName: remove one of the two': {
    'channels.yml createOTAUpdate.files[2].fileName': iotChannel({ files: [{ fileName: 'a' }, { fileName: 'b' }, { fileName: 'b' }] }),
  },
  'the release gives it: leave it out': {
    'channels.yml createOTAUpdate.files[0].fileLocation': iotChannel({ files: [{ fileLocation: {} }] }),
    'channels.yml createOTAUpdate.files[0].sha256': iotChannel({ files: [{ sha256: '' }] }),
  },
  'it belongs to one binary, so the release gives it: leave it out, and write it into the artifact': {
    'channels.yml createOTAUpdate.files[0].codeSigning.awsSignerJobId': iotChannel({ files: [{ codeSigning: { awsSignerJobId: 'a' } }] }),
    'channels.yml createOTAUpdate.files[0].codeSigning.customCodeSigning': iotChannel({
      files: [{ codeSigning: { customCodeSigning: {} } }],
    }),
  },
  required: {
    'channels.yml createOTAUpdate.roleArn': iotChannel({ roleArn: undefined }),
    'channels.yml createOTAUpdate.files[0].codeSigning.startSigningJobParameter.signingProfileName': iotChannel({
      files: [{ codeSigning: { startSigningJobParameter: {} } }],
    }),
  },
  'only OtaType CONTINUOUS has a query: use Target with ONE_TIME': {
    'channels.yml createOtaTask.OtaTargetQueryString': onceChannel({ OtaTargetQueryString: 'x' }),
  },
  'only OtaType ONE_TIME has targets: use OtaTargetQueryString with CONTINUOUS': {
    'channels.yml createOtaTask.Target': alwaysChannel({ Target: once.Target }),
  },
  'required with OtaType CONTINUOUS': {
    'channels.yml createOtaTask.OtaTargetQueryString': alwaysChannel({ OtaTargetQueryString: undefined }),
  },
  'OtaType CONTINUOUS has a query instead of targets: remove this member': {
    'channels.yml targetsFromRelease': alwaysChannel({}, { targetsFromRelease: ['*'] }),
  },
  'must be UTC in the form YYYY-MM-DDTHH:mm': {
    'channels.yml createOtaTask.OtaSchedulingConfig.StartTime': onceChannel({ OtaSchedulingConfig: { StartTime: '2026-12-01T02:00:00Z' } }),
    'channels.yml createJob.schedulingConfig.endTime': ofJob({ schedulingConfig: { endTime: 'tomorrow' } }),
  },
  'must be after StartTime': {
    'channels.yml createOtaTask.OtaSchedulingConfig.EndTime': onceChannel({
      OtaSchedulingConfig: { StartTime: '2026-12-01T02:00', EndTime: '2026-12-01T02:00' },
    }),
  },
  'the service sets this member of the job document: use a different name': {
    'channels.yml jobDocument.version': [onceChannel({}, { jobDocument: { version: 1 } }), ofJob({}, { jobDocument: { version: 1 } })],
    'channels.yml jobDocument.otaDispatch': ofJob({}, { format: 'device-client', jobDocument: { otaDispatch: {} } }),
  },
  'a placeholder is not closed, and AWS refuses such a document: end it with }': {
    'channels.yml jobDocument': ofJob({}, { jobDocument: { a: [{ b: placeholder('x') }] } }),
  },
  'these members have all 10 placeholders of a job document, and each artifact needs one: remove some, or set artifactUrl': {
    'channels.yml jobDocument': ofJob({}, { jobDocument: placeholders(10) }),
  },
  'a job document may have 10 placeholders, but these members alone have 11': {
    'channels.yml jobDocument': ofJob({}, { jobDocument: placeholders(11) }),
  },
  'AWS retries a device at most 10 times in all, but these are 11': {
    'channels.yml createJob.jobExecutionsRetryConfig.criteriaList': ofJob({
      timeoutConfig: { inProgressTimeoutInMinutes: 60 },
      jobExecutionsRetryConfig: {
        criteriaList: [
          { failureType: 'FAILED', numberOfRetries: 10 },
          { failureType: 'TIMED_OUT', numberOfRetries: 1 },
        ],
      },
    }),
  },
  'the whole job document may have 32768 bytes, but these members alone have 32778': {
    'channels.yml jobDocument': ofJob({}, { jobDocument: { n: 'ü'.repeat(16_385) } }),
  },
  'every bucket of artifactBuckets has a dot, and the AWS IoT Device Client takes no presigned URL of those: set artifactUrl, or use another bucket':
    {
      'channels.yml format': ofJob({}, { format: 'device-client' }, { artifactBuckets: ['firmware.acme'] }),
    },
  'the whole job document may have 32768 characters, but these members alone have 32780': {
    'channels.yml jobDocument': onceChannel({}, { jobDocument: { notes: 'x'.repeat(32_768) } }),
  },

  // What a release loses on a channel
  'is not sent, because the channel has a description of its own': {
    'loss description': [
      loses({ description: 'a' }, otaUpdateChannel({ description: 'b' })),
      loses({ description: 'a' }, jobChannel({ description: 'b' })),
      loses({ description: '¡¿!' }, otaTaskChannel({ Description: 'b' })),
    ],
  },
  'is not sent, because managed integrations takes too few of its characters': {
    'loss description': loses({ description: '¡¿!' }, otaTaskChannel()),
  },
  'is not sent, because the channel has a tag with this key': {
    'loss tags.ci': loses({ tags: { ci: '1' } }, otaTaskChannel({ Tags: { ci: '2' } })),
  },
  'is not sent, because files[1] of the channel has codeSigning': {
    'loss artifacts[0].codeSigning': loses(
      {},
      otaUpdateChannel({ files: [{ fileType: 1 }, { fileName: '/app.bin', ...signedByJob.files[0] }] }),
    ),
  },
  'is not sent, because files[0] of the channel has this attribute': {
    'loss artifacts[0].attributes.board': loses(
      { artifacts: [{ ...artifact, attributes: { board: 'T6' } }] },
      otaUpdateChannel({ files: [{ attributes: { board: 'T7' } }] }),
    ),
  },
  'none has the fileName of files[0] of the channel, so that entry has no effect': {
    'loss artifacts': loses({}, otaUpdateChannel({ files: [{ fileName: '/boot.bin', fileType: 1 }] })),
  },

  // Two artifacts of a release
  'artifacts[0] has the same fileName, so a device may write one file over the other': {
    'artifacts[1].fileName': repeats({ ...artifact, ...inStream }, artifact),
  },
  'artifacts[0] has the same S3 object, so a device may get one file twice': {
    'artifacts[1].fileLocation.s3Location': repeats(artifact, { ...artifact, fileName: '/other.bin' }),
  },

  // A rollout that fails
  'notAfter passed before the first create': { 'FAILED(EXPIRED) from CLAIMED': step(aView(aRollout({ notAfter: now - 1 }))) },
  'notAfter passed before the create was repeated': { 'FAILED(EXPIRED) from CREATING': step(aView(unsent({ notAfter: now - 1 }))) },
  'endAt passed before the first create': { 'FAILED(EXPIRED) from CLAIMED': step(aView(aRollout({ endAt: now - 1 }))) },
  'endAt was less than 30 minutes away before the first create': {
    'FAILED(EXPIRED) from CLAIMED': step(aView(aRollout({ ...atJobs(), endAt: now + minutes(29) }))),
  },
  'endAt was less than 30 minutes away before the create was repeated': {
    'FAILED(EXPIRED) from CREATING': step(aView(unsent({ ...atJobs(), endAt: now + minutes(29) }))),
  },
  'endAt was less than 30 minutes away before the gate opened': {
    'FAILED(EXPIRED) from WAITING': step(aView(aRollout({ state: 'WAITING', ...atJobs(), endAt: now + minutes(29) }))),
  },
  'AWS has a job under the id of this rollout, without the tags of this service': {
    'FAILED(NOT_ADOPTABLE) from CREATING': sees(creating({ ...atJobs(), ...sentAgo(minutes(21)) }), exists('live', { untagged: true })),
  },
  'somebody canceled the job, or AWS did because the account was at its limit of concurrent jobs at the start: publish a higher revision': {
    'FAILED(CANCELED_OUTSIDE) from CREATED': sees(
      live(atJobs({ schedulingConfig: { startTime: '2026-11-23T12:00' } })),
      exists('canceled'),
    ),
  },
  'not now': { 'FAILED(AWS_REFUSED) from CREATING': step(aView(creating(), { seen: refusal(false) })) },
  'a create was never answered, and no task has the tags of this service: it may still run, check it by hand': {
    'FAILED(UNCERTAIN) from CREATING': sees(creating({ ...atMi, ...sentAgo(minutes(21)) }), { kind: 'notFound' }),
  },
  'AWS has something else under the id of this rollout': {
    'FAILED(NOT_ADOPTABLE) from CREATING': sees(creating(), { kind: 'foreign' }),
    'FAILED(NOT_ADOPTABLE) from CREATED': sees(live(), { kind: 'foreign' }),
  },
  'no such role': {
    'FAILED(CREATE_FAILED) from CREATING': sees(creating(), createFailed({ code: 'X', message: 'no such role' })),
    'FAILED(CREATE_FAILED) from CREATED': sees(live(), createFailed({ code: 'X', message: 'no such role' })),
  },
  'AWS reported CREATE_FAILED without a reason': {
    'FAILED(CREATE_FAILED) from CREATING': sees(creating(), createFailed({ code: 'X' })),
    'FAILED(CREATE_FAILED) from CREATED': sees(live(), createFailed({ code: 'X' })),
  },
  'AWS canceled the job: more devices failed than its abort criteria permit': {
    'FAILED(ABORTED) from CREATED': sees(live(), exists('canceled', { reasonCode: 'X', comment: 'Job aborted' })),
  },
  'AWS canceled the task: too many devices failed, or its schedule ended': {
    'FAILED(ABORTED) from CREATED': sees(live(atMi), exists('canceled')),
  },
  'a person or another program canceled the job': {
    'FAILED(CANCELED_OUTSIDE) from CREATED': sees(live(), exists('canceled', { reasonCode: 'AB', comment: 'ORT' })),
  },
  'the job or task was deleted outside': { 'FAILED(GONE) from CREATED': sees(live(), exists('gone')) },

  // The history of a rollout
  'no newer release is on the channel': { 'CLAIMED to CREATING': step(aView(claimed, { head: aHead(own) })) },
  'a newer release is on the channel': { 'CLAIMED to SUPERSEDED': step(aView(claimed, newerCounts)) },
  'a release that is not older was accepted first': {
    'CLAIMED to SUPERSEDED': step(aView(claimed, { ...newerCounts, head: aHead(newer) })),
  },
  'the release was withdrawn': {
    'CREATING to WITHDRAWING': step(aView(creating(), withdrawn)),
    'cancel: WITHDRAWN': sees(live({ state: 'WITHDRAWING' }), exists('live')),
  },
  'nothing can start any more': {
    'CLAIMED to WITHDRAWN': step(aView(claimed, withdrawn)),
    'SUPERSEDING to SUPERSEDED': sees(aRollout({ state: 'SUPERSEDING', supersededBy }), { kind: 'foreign' }),
  },
  'AWS confirmed the creation': {
    'CREATING to CREATED': [
      step(aView(creating(atMi), { seen: { reply: { kind: 'created', aws: {} } } })),
      sees(creating(), exists('live')),
    ],
  },
  'AWS already had it, with the same request': {
    'CREATING to CREATED': sees(creating(), exists('live'), { reply: { kind: 'alreadyExists' } }),
  },
  'AWS refused the create: SomeException': { 'CREATING to CREATING': step(aView(creating(), { seen: refusal(true) })) },
  'every create was refused': { 'CREATING to CREATING': step(aView(unsent())) },
  'AWS has no such update or job': { 'CREATING to CREATING': sees(creating(), { kind: 'notFound' }) },
  'CREATE_FAILED: ThrottlingException; the cause can pass': {
    'CREATING to CREATING': sees(creating(), createFailed({ code: 'ThrottlingException' })),
  },
  'CREATE_FAILED: no code; the cause can pass': {
    'CREATING to CREATING': sees(creating(), createFailed({ message: 'exceeded the limit for the number of jobs' })),
  },
  [`gives way to ${newer.rolloutId}`]: { 'CREATING to SUPERSEDING': step(aView(creating(), newerCounts)) },
  'devices moved': { 'CREATED to CREATED': sees(live(), exists('live', { counts: someCounts({ queued: 1 }) })) },
  'every device has ended': { 'CREATED to COMPLETED': sees(live(), exists('completed')) },
  'its schedule has ended': {
    'CREATED to COMPLETED': sees(live({ ...atJobs({ schedulingConfig: { endBehavior: 'CANCEL' } }), endAt: now }), exists('canceled')),
  },
  'somebody changed the job at AWS': { 'CREATED to CREATED': sees(live(), exists('live', { drift: ['description'] })) },
  'a job event without news': {
    'CREATED to CREATED': step(aView(live({ dueAt: now + minutes(50) }), { seen: { resting: true }, afterJobEvent: true })),
  },
  'still waits': {
    'CLAIMED to CLAIMED': step(
      aView(aRollout({ dueAt: now - minutes(61), waits: { since: {}, told: [], upstreams: {} } }), { seen: { resting: true } }),
    ),
  },
  'no news': { 'CREATING to CREATING': step(aView(creating(), { seen: { resting: true } })) },
  published: {
    'CREATING to CREATING': () => {
      const failed = nextStep(aView(live(), { seen: { sighting: exists('gone') } }));
      const outbox = failed.do === 'write' ? (failed.change.outbox ?? []) : [];
      return step(aView(creating({ outbox }), { seen: { resting: true, published: true } }))();
    },
  },
  'published; nothing is left': { 'COMPLETED to COMPLETED': step(aView(aRollout({ state: 'COMPLETED' }))) },
  'enter the channel': { 'head of CLAIMED': step(aView(claimed)) },
  'this rollout exists': { 'head of CREATED': step(aView(live(), { head: aHead(own, rivalOf('1.0.0', { sequence: 1 })) })) },
  'it gives up its place': { 'head of WITHDRAWN': step(aView(aRollout({ state: 'WITHDRAWN' }), { head: aHead(own) })) },
  'it has ended': { 'head of COMPLETED': step(aView(aRollout({ state: 'COMPLETED' }), { head: aHead(own) })) },

  'the gate has opened': { 'WAITING to CLAIMED': step(aView(aWaiting({}))) },
  'a newer release took the channel before this one': {
    'WAITING to SUPERSEDED': () => {
      const winner = aRollout({ version: '3.0.0', state: 'CREATED', attempt: 1, aws: { jobId: 'k' } });
      const { upstreams } = gateFacts({}, {}, 0, [winner]);
      return step(aView(aWaiting(), { seen: { upstreams } }))();
    },
  },
  'waits: APPROVAL, HELD': {
    'WAITING to WAITING': step(aView(aWaiting({ approval: { required: 1, skip: [] } }), { holds: held({}) })),
  },
  'nothing keeps it any more': {
    'CLAIMED to CLAIMED': step(aView(aRollout({ waits: { since: {}, told: [], upstreams: {} } }))),
  },

  // For what a gate waits, and why it is shut
  '2.0.0 was not published to beta': { 'waits: UPSTREAM_MISSING': gateSays(undefined) },
  'beta is not created yet': { 'waits: UPSTREAM_PENDING': gateSays({ state: 'CLAIMED' }) },
  'beta is FAILED (ABORTED)': { shut: gateSays({ state: 'FAILED', code: 'ABORTED' }) },
  'beta is WITHDRAWN': { shut: gateSays({ state: 'WITHDRAWN' }) },
  'a newer release came to beta before the soak had ended': { shut: gateSays({ state: 'SUPERSEDED' }) },
  '3.0.0 revision 1 came to beta before the soak had ended': { shut: gateSays({ state: 'SUPERSEDED', supersededBy }) },
  'no device of beta has the update (at least 90 % asked for)': { 'waits: THRESHOLD': gateSays({ counts: someCounts() }) },
  'soaking: beta 9 of 10 succeeded (at least 90 % asked for), 0 failed (at most 5 % of 9)': { 'waits: SOAKING': gateSays({}, {}, 30) },
  'beta 9 of 10 succeeded (at least 90 % asked for), 0 failed (at most 5 % of 9); the devices are looked at once more': {
    'waits: SOAKING': gateSays({}),
  },
  'a newer release is about to be created on beta': {
    'waits: SOAKING': gateSays({}, {}, 0, [creating({ version: '3.0.0' })]),
  },
  'AWS did not answer how the devices of beta are': { 'waits: SOAKING': gateSays({}, looked({ kind: 'unread' })) },
  'the update on beta is no longer live, which its rollout has yet to record': {
    'waits: SOAKING': gateSays({}, looked({ kind: 'notFound' })),
  },
  'no allowed minute within a year': { 'waits: CLOSED': gateSays({}, never) },
  'beta has FAILED ABORTED since the gate opened': { 'opened: shut': openedGateSays({ state: 'FAILED', code: 'ABORTED' }) },
  'beta has WITHDRAWN since the gate opened': { 'opened: shut': openedGateSays({ state: 'WITHDRAWN' }) },
  'beta 0 of 1 succeeded (at least 90 % asked for), 1 failed (at most 5 % of 1) since the gate opened': {
    'opened: shut': openedGateSays({ state: 'COMPLETED', counts: someCounts({ failed: 1 }) }),
    'opened: wait': openedGateSays({ counts: someCounts({ failed: 1 }) }),
  },

  // A release that was withdrawn
  'every revision of this version was withdrawn: publish a new version': {
    'RELEASE_WITHDRAWN $': () => ofRejections(rejectWithdrawn(aRollout(), ['beta'], [aRecordedWithdrawal()])),
  },
  'this revision was withdrawn: publish a new revision or a new version': {
    'RELEASE_WITHDRAWN $': () => ofRejections(rejectWithdrawn(aRollout(), ['beta'], [aRecordedWithdrawal({ revision: 1 })])),
  },

  // What the service writes into a job that it cancels
  'superseded by 3.0.0 revision 1': { 'cancel: SUPERSEDED': sees(aRollout({ state: 'SUPERSEDING', supersededBy }), exists('live')) },
  'superseded by a newer release': { 'cancel: SUPERSEDED': sees(aRollout({ state: 'SUPERSEDING' }), exists('live')) },
  'the OTA update failed to be created and left this job': {
    'cancel: CREATE_FAILED': sees(creating(), createFailed({}, 'live')),
  },

  // Anything that a schema refuses without words of its own
  'not valid': {
    'no path': () => [{ place: 'no path', message: firstProblemOf(new z.ZodError([]), {}, z.unknown()).message }],
  },
};

const rows = Object.entries(messages).flatMap(([message, places]) =>
  Object.entries(places).flatMap(([place, causes]) =>
    (typeof causes === 'function' ? [causes] : causes).map((cause) => ({ message, place, cause })),
  ),
);

describe('a message of the domain', () => {
  it.each(rows)('$place: $message', ({ message, place, cause }) => {
    expect(cause()).toContainEqual({ place, message });
  });

  it('stands here for every rejection code, except those that only handlers/ give', () => {
    const codes = new Set(rows.map(({ place }) => place.split(' ')[0]));
    expect(Object.keys(rejectionCodes).filter((code) => !codes.has(code))).toEqual(['HOLD_ENDED']);
  });
});
