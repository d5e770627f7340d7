import { bodyOf } from '../sample.ts';
import { type HostileBody, withdraw, withdrawal, withdrawn } from './bodies.ts';

const from = (source: unknown, product = 'thermostat') => bodyOf({ ...withdrawal, product }, { ...withdrawn, source });

export const withdrawals: readonly HostileBody[] = [
  ['every revision on every channel', withdraw({}), null],
  ['one revision', withdraw({ revision: 2 }), null],
  ['one channel', withdraw({ channels: ['beta'] }), null],
  ['one revision on one channel', withdraw({ revision: 1, channels: ['hubs'] }), null],
  ['channels that channels.yml no longer has', withdraw({ channels: ['gone', 'beta'] }), null],
  ['by force', withdraw({ force: true }), null],
  ['with a reason and a comment', withdraw({ reasonCode: 'NEVERLOG', comment: 'neverlog: it bricks hubs' }), null],
  ['with a reason that IoT Core has to be told in capitals', withdraw({ reasonCode: 'never log 🔥' }), null],
  ['the longest reason and comment', withdraw({ reasonCode: '🔥'.repeat(128), comment: '🔥'.repeat(2000) }), null],
  ['a version of the schema', withdraw({ schemaVersion: '1.2' }), null],
  ['another major version', withdraw({ schemaVersion: '2' }), 'UNSUPPORTED_SCHEMA_VERSION'],
  ['what was accepted before', withdraw({ version: '1.0.0' }), null],
  ['what was accepted before, by force', withdraw({ version: '1.0.0', force: true, channels: ['beta'] }), null],
  ['what was accepted before, at another revision', withdraw({ version: '1.0.0', revision: 2 }), null],
  ['what was accepted before, by another build', withdraw({ version: '1.0.1' }), null],
  ['what was withdrawn before', withdraw({ version: '1.1.0' }), null],
  ['the largest revision', withdraw({ revision: Number.MAX_SAFE_INTEGER }), null],
  ['an unknown product', withdraw({ product: 'toaster' }), null, 'UNKNOWN_PRODUCT'],
  ['a product that every object has', withdraw({ product: 'constructor' }), null, 'UNKNOWN_PRODUCT'],
  ['from another source', from('com.neverlog'), null, 'SOURCE_NOT_ALLOWED'],
  ['from the source of another product', from('com.acme.camera-ci'), null, 'SOURCE_NOT_ALLOWED'],
  ['from no source', from(undefined), null, 'SOURCE_NOT_ALLOWED'],
  ['from a second source', from('com.acme.camera-ci', 'camera'), null],
  ['from a stranger, of an unknown product', from('com.neverlog', 'toaster'), null, 'UNKNOWN_PRODUCT'],
  ['a channel twice', withdraw({ channels: ['beta', 'hubs', 'beta'] }), 'INVALID_WITHDRAWAL'],
  ['no channels', withdraw({ channels: [] }), 'INVALID_WITHDRAWAL'],
  ['a range of versions', withdraw({ version: '<2.4.1' }), 'INVALID_WITHDRAWAL'],
  ['all versions', withdraw({ version: '*' }), 'INVALID_WITHDRAWAL'],
  ['a dry run, which withdrawals do not have', withdraw({ dryRun: true }), 'INVALID_WITHDRAWAL'],
  ['targets, which withdrawals do not have', withdraw({ targets: ['arn:aws:iot:us-east-1:123456789012:thing/a'] }), 'INVALID_WITHDRAWAL'],
  ['a rollout by its id', bodyOf({ rolloutId: 'fw-thermostat-2-4-1' }, withdrawn), 'INVALID_WITHDRAWAL'],
  ['half a character in the comment', withdraw({ comment: 'x' }).replace('"x"', '"\\ud83d"'), 'INVALID_WITHDRAWAL'],
];
