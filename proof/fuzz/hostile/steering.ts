import { bodyOf } from '../../support/sample.ts';
import { BOARD, HEALTH, history } from '../configuration.ts';
import { digestOf } from '../model/steering.ts';
import { type HostileBody, SECRET } from './bodies.ts';

type Members = Readonly<Record<string, unknown>>;

const event =
  (type: string, source: string) =>
  (members: Members, envelope: Members = {}) =>
    bodyOf({ product: 'thermostat', ...members }, { 'detail-type': type, source, ...envelope });
const approvalOf = event('Firmware Release Approved', BOARD);
const holdOf = event('Firmware Channel Held', 'com.acme.firmware-ci');
const resume = event('Firmware Channel Resumed', BOARD);

/** An approval of what waits on the channel `asked`. */
const approve = (members: Members = {}, envelope: Members = {}) =>
  approvalOf({ version: '1.5.0', channels: ['asked'], ...members }, envelope);
const hold = (members: Members = {}, envelope: Members = {}) =>
  holdOf({ holdId: 'radio', reason: `${SECRET}: it bricks hubs`, ...members }, envelope);

const digest = digestOf(history.find(({ detail }) => detail['version'] === '1.5.0')?.detail ?? {});
const of = (version: string) => digestOf(history.find(({ detail }) => detail['version'] === version)?.detail ?? {});
const ahead = { version: '7.0.0', releaseDigest: 'a'.repeat(64) };

export const approvals: readonly HostileBody[] = [
  ['of what waits', approve(), null],
  ['of what waits, by another approver, which opens the gate', approve({}, { source: HEALTH }), null],
  ['of what waits on a channel that is held', approve({ channels: ['gated'] }), null],
  ['of what waits, on both channels', approve({ channels: ['asked', 'gated'] }, { source: HEALTH }), null],
  ['with its digest', approve({ releaseDigest: digest }), null],
  [
    'with every member',
    approve({ schemaVersion: '1', revision: 1, releaseDigest: digest, approvedBy: SECRET, comment: SECRET, correlationId: 'x' }),
    null,
  ],
  ['that skips the soak', approve({ channels: ['gated'], skip: ['soakMinutes'], comment: SECRET }), null],
  ['that skips what is before the channel', approve({ channels: ['gated'], skip: ['after', 'soakMinutes'], comment: SECRET }), null],
  ['with the longest comment and name', approve({ comment: '🔥'.repeat(2000), approvedBy: '🔥'.repeat(256) }), null],
  ['with a comment of several lines', approve({ comment: `${SECRET}\r\n\tyes` }), null],
  ['that came before', approve({}, { id: 'approval-before' }), null],
  ['that came before, and says something else now', approve({ channels: ['gated'], comment: SECRET }, { id: 'approval-before' }), null],
  ['that came before, from another source', approve({}, { id: 'approval-before', source: HEALTH }), null],
  ['with an id that is none', approve({}, { id: `\r\n${SECRET}` }), null],
  ['of a release to come', approve({ ...ahead }), null],
  ['of a release to come, where no approval is asked for', approve({ ...ahead, channels: ['beta'] }), null],
  ['of what was accepted where no approval is asked for', approve({ version: '1.0.0', channels: ['beta', 'fleet'] }), null],
  ['of a further channel of what was accepted', approve({ version: '1.0.0', channels: ['asked'], releaseDigest: of('1.0.0') }), null],
  ['of another build of what was accepted, with its digest', approve({ version: '1.5.0+other', releaseDigest: digest }), null],
  ['of what was withdrawn', approve({ version: '1.1.0', releaseDigest: 'a'.repeat(64) }), null],
  ['of the largest revision', approve({ ...ahead, revision: Number.MAX_SAFE_INTEGER }), null],
  ['of the release of another channel', approve({ channels: ['asked', 'beta'] }), null, 'UNKNOWN_RELEASE'],
  ['of another revision', approve({ revision: 2 }), null, 'UNKNOWN_RELEASE'],
  ['of another build', approve({ version: '1.5.0+other' }), null, 'UNKNOWN_RELEASE'],
  ['of nothing', approve({ version: '7.0.0' }), null, 'UNKNOWN_RELEASE'],
  ['of other content', approve({ releaseDigest: 'a'.repeat(64) }), null, 'APPROVAL_MISMATCH'],
  ['of other content on a further channel', approve({ version: '1.0.0', releaseDigest: digest }), null, 'APPROVAL_MISMATCH'],
  ['of another build of other content', approve({ version: '1.0.1', releaseDigest: digest }), null, 'APPROVAL_MISMATCH'],
  ['that skips what the channel does not permit', approve({ skip: ['after'], comment: SECRET }), null, 'SKIP_NOT_ALLOWED'],
  [
    'that skips what one of two channels permits',
    approve({ channels: ['gated', 'asked'], skip: ['after'], comment: SECRET }),
    null,
    'SKIP_NOT_ALLOWED',
  ],
  ['that skips allowed times', approve({ channels: ['gated'], skip: ['allowedTimes'], comment: SECRET }), null, 'SKIP_NOT_ALLOWED'],
  ['from the source that publishes', approve({}, { source: 'com.acme.firmware-ci' }), null, 'SELF_APPROVAL'],
  [
    'from the source that publishes, to an unknown channel',
    approve({ channels: ['neverlog'] }, { source: 'com.acme.firmware-ci' }),
    null,
    'SELF_APPROVAL',
  ],
  ['from a stranger', approve({}, { source: 'com.neverlog' }), null, 'SOURCE_NOT_ALLOWED'],
  ['from no source', approve({}, { source: undefined }), null, 'SOURCE_NOT_ALLOWED'],
  ['of a product without approvers', approve({ product: 'camera', channels: ['main'], ...ahead }), null, 'SOURCE_NOT_ALLOWED'],
  ['of an unknown product', approve({ product: 'toaster' }), null, 'UNKNOWN_PRODUCT'],
  ['of a product that every object has', approve({ product: 'constructor' }), null, 'UNKNOWN_PRODUCT'],
  ['for an unknown channel', approve({ channels: ['asked', 'askde'] }), null, 'UNKNOWN_CHANNEL'],
  ['for a channel that every object has', approve({ channels: ['constructor'] }), null, 'UNKNOWN_CHANNEL'],
  ['of another account', approve({}, { account: '999999999999' }), 'ACCOUNT_NOT_ALLOWED'],
  ['of another major version', approve({ schemaVersion: '2' }), 'UNSUPPORTED_SCHEMA_VERSION'],
  ['of every channel', approve({ channels: undefined }), 'INVALID_APPROVAL'],
  ['of no channel', approve({ channels: [] }), 'INVALID_APPROVAL'],
  ['of a channel twice', approve({ channels: ['asked', 'asked'] }), 'INVALID_APPROVAL'],
  ['of all versions', approve({ version: '*' }), 'INVALID_APPROVAL'],
  ['of revision 0', approve({ revision: 0 }), 'INVALID_APPROVAL'],
  ['with a digest in capitals', approve({ releaseDigest: 'A'.repeat(64) }), 'INVALID_APPROVAL'],
  ['with an empty digest', approve({ releaseDigest: '' }), 'INVALID_APPROVAL'],
  ['that skips without a comment', approve({ channels: ['gated'], skip: ['after'] }), 'INVALID_APPROVAL'],
  ['that skips with an empty comment', approve({ channels: ['gated'], skip: ['after'], comment: '' }), 'INVALID_APPROVAL'],
  ['that skips nothing', approve({ skip: [], comment: SECRET }), 'INVALID_APPROVAL'],
  ['that skips the approval', approve({ skip: ['approval'], comment: SECRET }), 'INVALID_APPROVAL'],
  ['that skips something twice', approve({ channels: ['gated'], skip: ['after', 'after'], comment: SECRET }), 'INVALID_APPROVAL'],
  ['that skips a text', approve({ channels: ['gated'], skip: 'after', comment: SECRET }), 'INVALID_APPROVAL'],
  ['with a long comment', approve({ comment: 'x'.repeat(2001) }), 'INVALID_APPROVAL'],
  ['with a line break in a name', approve({ approvedBy: `kim\n${SECRET}` }), 'INVALID_APPROVAL'],
  ['with a proof', approve({ proof: { signature: SECRET } }), 'INVALID_APPROVAL'],
  ['with a decision', approve({ approved: false }), 'INVALID_APPROVAL'],
  ['as a dry run', approve({ dryRun: true }), 'INVALID_APPROVAL'],
  ['with half a character', approve({ comment: 'x' }).replace('"x"', '"\\ud83d"'), 'INVALID_APPROVAL'],
  ['with a number out of range', approve({ revision: 7 }).replace(':7', ':7e400'), 'INVALID_APPROVAL'],
  ['with a prototype', approve({ x: 1 }).replace('"x"', '"__proto__"'), 'INVALID_APPROVAL'],
  ['that is empty', bodyOf({}, { 'detail-type': 'Firmware Release Approved', source: BOARD }), 'INVALID_APPROVAL'],
];

export const holds: readonly HostileBody[] = [
  ['of every channel', hold(), null],
  ['of a channel, by an approver', hold({ channels: ['beta'] }, { source: BOARD }), null],
  ['of several channels', hold({ channels: ['beta', 'asked', 'hubs'] }), null],
  ['of a product without approvers', hold({ product: 'camera' }), null],
  ['from now on', hold({ from: '2026-11-24T12:00:00Z' }), null],
  ['that begins later', hold({ from: '2026-11-24T12:00:00.001Z' }), null],
  ['until later', hold({ from: '2020-01-01T00:00:00Z', until: '2026-12-24T00:00:00+01:00' }), null],
  ['that has just passed', hold({ until: '2026-11-24T12:00:00Z' }), null],
  ['that passed long ago', hold({ until: '0001-01-01T00:00:00Z' }), null],
  ['with the longest id and reason', hold({ holdId: `${SECRET}.${'_'.repeat(64)}`.slice(0, 64), reason: '🔥'.repeat(2000) }), null],
  ['with an id of dots', hold({ holdId: '..' }), null],
  ['with an id that every object has', hold({ holdId: 'constructor' }), null],
  ['with an id like a prototype', hold({ holdId: '__proto__' }), null],
  ['with a reason of several lines', hold({ reason: `${SECRET}\r\n\tyes` }), null],
  ['that came before', hold({ holdId: 'held-before', channels: ['gated'], reason: SECRET }, { id: 'hold-before' }), null],
  [
    'that came before, and says something else now',
    hold({ holdId: 'held-before', until: '2020-01-01T00:00:00Z' }, { id: 'hold-before' }),
    null,
  ],
  ['that another event repeats', hold({ holdId: 'held-before', channels: ['gated'], reason: SECRET }, { id: 'another' }), null],
  ['with the id of one that lasts', hold({ holdId: 'held-before', channels: ['beta'] }), null],
  ['that came and ended before', hold({ holdId: 'ended-before' }, { id: 'ended-hold-before' }), null],
  ['that was ended before it came', hold({ holdId: 'early-before' }), null],
  ['with the id of another product', hold({ product: 'camera', holdId: 'ended-before' }), null],
  ['with an id that was held and ended', hold({ holdId: 'ended-before' }), null, 'HOLD_ENDED'],
  [
    'with an id that was held and ended, by the event of another hold',
    hold({ holdId: 'ended-before' }, { id: 'hold-before' }),
    null,
    'HOLD_ENDED',
  ],
  ['from a stranger', hold({}, { source: 'com.neverlog' }), null, 'SOURCE_NOT_ALLOWED'],
  ['of a product that the approver does not approve', hold({ product: 'camera' }, { source: BOARD }), null, 'SOURCE_NOT_ALLOWED'],
  ['of an unknown product', hold({ product: 'toaster' }), null, 'UNKNOWN_PRODUCT'],
  ['of an unknown channel', hold({ channels: ['beta', 'neverlog'] }), null, 'UNKNOWN_CHANNEL'],
  ['of another major version', hold({ schemaVersion: '2' }), 'UNSUPPORTED_SCHEMA_VERSION'],
  ['without an id', hold({ holdId: undefined }), 'INVALID_HOLD'],
  ['without a reason', hold({ reason: undefined }), 'INVALID_HOLD'],
  ['with an empty reason', hold({ reason: '' }), 'INVALID_HOLD'],
  ['with a long reason', hold({ reason: 'x'.repeat(2001) }), 'INVALID_HOLD'],
  ['with an empty id', hold({ holdId: '' }), 'INVALID_HOLD'],
  ['with a long id', hold({ holdId: 'x'.repeat(65) }), 'INVALID_HOLD'],
  ['with a blank in its id', hold({ holdId: 'radio fails' }), 'INVALID_HOLD'],
  ['with a path as its id', hold({ holdId: '../radio' }), 'INVALID_HOLD'],
  ['with a line break after its id', hold({ holdId: 'radio\n' }), 'INVALID_HOLD'],
  ['with an id of full width', hold({ holdId: 'ｒadio' }), 'INVALID_HOLD'],
  ['of no channel', hold({ channels: [] }), 'INVALID_HOLD'],
  ['of a channel twice', hold({ channels: ['beta', 'beta'] }), 'INVALID_HOLD'],
  ['until its begin', hold({ from: '2026-12-24T01:00:00+01:00', until: '2026-12-24T00:00:00Z' }), 'INVALID_HOLD'],
  ['until before its begin', hold({ from: '2026-12-24T00:00:00Z', until: '2026-12-23T23:59:59.999Z' }), 'INVALID_HOLD'],
  ['until a day', hold({ until: '2026-12-24' }), 'INVALID_HOLD'],
  ['until a number', hold({ until: 1_782_345_600 }), 'INVALID_HOLD'],
  ['of a version', hold({ version: '1.5.0' }), 'INVALID_HOLD'],
  ['by force', hold({ force: true }), 'INVALID_HOLD'],
  ['with half a character', hold({ reason: 'x' }).replace('"x"', '"\\ud83d"'), 'INVALID_HOLD'],
];

export const resumes: readonly HostileBody[] = [
  ['of what is held', resume({ holdId: 'held-before' }), null],
  ['of what is held, with every member', resume({ schemaVersion: '1', holdId: 'held-before', comment: SECRET, correlationId: 'x' }), null],
  ['of what was never held', resume({ holdId: 'radio' }), null],
  ['of what has ended', resume({ holdId: 'ended-before' }), null],
  ['of what was ended before it came', resume({ holdId: 'early-before' }, { source: HEALTH }), null],
  ['of an id that every object has', resume({ holdId: 'constructor' }), null],
  ['of a product without approvers', resume({ product: 'camera', holdId: 'radio' }, { source: 'com.acme.camera-ci' }), null],
  ['with the longest comment', resume({ holdId: 'held-before', comment: '🔥'.repeat(2000) }), null],
  [
    'from a source where there are approvers',
    resume({ holdId: 'held-before' }, { source: 'com.acme.firmware-ci' }),
    null,
    'SOURCE_NOT_ALLOWED',
  ],
  ['from a stranger', resume({ holdId: 'held-before' }, { source: 'com.neverlog' }), null, 'SOURCE_NOT_ALLOWED'],
  ['of an unknown product', resume({ product: 'toaster', holdId: 'held-before' }), null, 'UNKNOWN_PRODUCT'],
  ['of another major version', resume({ schemaVersion: 2, holdId: 'held-before' }), 'UNSUPPORTED_SCHEMA_VERSION'],
  ['of everything', resume({}), 'INVALID_HOLD'],
  ['of several holds', resume({ holdId: ['held-before', 'radio'] }), 'INVALID_HOLD'],
  ['of a channel', resume({ holdId: 'held-before', channels: ['gated'] }), 'INVALID_HOLD'],
  ['with a reason', resume({ holdId: 'held-before', reason: SECRET }), 'INVALID_HOLD'],
  ['with an empty comment', resume({ holdId: 'held-before', comment: '' }), 'INVALID_HOLD'],
  ['with a wildcard as id', resume({ holdId: '*' }), 'INVALID_HOLD'],
  ['with a prototype', resume({ holdId: 'held-before', x: 1 }).replace('"x"', '"__proto__"'), 'INVALID_HOLD'],
];
