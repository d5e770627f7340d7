import { bodyOf, sampleArtifact } from '../../support/sample.ts';
import { change, type HostileBody, on, quoted } from './bodies.ts';

const version = (value: string, code: 'INVALID_RELEASE' | null): HostileBody => [
  `the version ${quoted(value)}`,
  change(['version'], value),
  code,
];

/** Versions that SemVer has not, or that only look like one that it has. */
export const versions: readonly HostileBody[] = [
  ...[
    '2',
    '2.4',
    '2.4.1.0',
    'v2.4.1',
    'V2.4.1',
    '=2.4.1',
    '02.4.1',
    '2.04.1',
    '2.4.01',
    '2.4.-1',
    '-2.4.1',
    '+2.4.1',
    '2.4.1-',
    '2.4.1+',
    '2.4.1-01',
    '2.4.1-a..b',
    '2.4.1+a+b',
    '2.4.1-a_b',
    '2.4.x',
    '*',
    'latest',
    '^2.4.1',
    '>=2.4.1',
    '2.4.1 ',
    ' 2.4.1',
    '2.4.1\n',
    '2.4.1\u0000',
    '2.4.1\u200b',
    '2,4,1',
    '2。4。1',
    '２.４.１',
    '٢.٤.١',
    '2.4.l',
    '2.4.1-\u0430lpha',
    '2.4.1#R',
    '2.4.1/../..',
    '1e3.0.0',
    '0x2.4.1',
    `2.4.${'1'.repeat(61)}`,
    `2.4.1-${'a'.repeat(59)}`,
  ].map((value) => version(value, 'INVALID_RELEASE')),
  ...[
    '0.0.0',
    '99999999999999999999.0.0',
    `2.4.${'1'.repeat(60)}`,
    '2.4.1-0',
    '2.4.1--',
    '2.4.1-rc.1',
    '2.4.1-0a',
    '2.4.1+001',
    '2.4.1+ci.7',
    '2.4.1-rc.1+ci.7',
    '2.4.1-constructor',
    '2.4.1+prototype',
    `2.4.1-${'a'.repeat(58)}`,
  ].map((value) => version(value, null)),
];

const again = (members: Readonly<Record<string, unknown>> = {}) =>
  on(['beta', 'fleet'], { version: '1.0.0', description: 'Accepted before', ...members });
const defaults = { schemaVersion: '1', revision: 1, dryRun: false, tags: {}, artifacts: [{ ...sampleArtifact(), jobDocument: false }] };

/** What another release of the fuzzer's history has to say to a version. */
export const history: readonly HostileBody[] = [
  ['accepted before', again(), null],
  ['accepted before, on one of its channels', again({ channels: ['fleet'] }), null],
  ['accepted before, and one more channel', again({ channels: ['hubs', 'beta'] }), null],
  ['accepted before, under another correlationId', again({ correlationId: 'neverlog' }), null],
  ['accepted before, with the defaults written out', again(defaults), null],
  ['accepted before, its members in another order', bodyOf(Object.fromEntries(Object.entries(JSON.parse(again()).detail).reverse())), null],
  ['accepted before, as a dry run', again({ dryRun: true }), null],
  ['accepted before, from a stranger now', again().replace('com.acme.firmware-ci', 'com.neverlog'), null],
  ['accepted before, at another revision', again({ revision: 2 }), null],
  ['accepted before, with an empty list of hardware', again({ hardware: [] }), null, 'RELEASE_CONFLICT'],
  ['accepted before with different content', change(['version'], '1.0.0'), null, 'RELEASE_CONFLICT'],
  ['accepted before, and more build metadata', change(['version'], '1.0.0+neverlog'), null, 'VERSION_AMBIGUOUS'],
  ['accepted before with build metadata, and none', change(['version'], '1.0.1'), null, 'VERSION_AMBIGUOUS'],
  ['accepted before with other build metadata', change(['version'], '1.0.1+ci.2'), null, 'VERSION_AMBIGUOUS'],
  ['withdrawn on every channel', change(['version'], '1.1.0'), null, 'RELEASE_WITHDRAWN'],
  ['withdrawn by another build, which is another version', change(['version'], '1.1.0+again'), null],
  ['withdrawn at its first revision', change(['version'], '1.2.0'), null, 'RELEASE_WITHDRAWN'],
  ['withdrawn on this channel', change(['version'], '1.3.0'), null, 'RELEASE_WITHDRAWN'],
  ['a prerelease of what was withdrawn', change(['version'], '1.1.0-rc.1'), null],
  ['older than all others, which is superseded on arrival', change(['version'], '0.0.1'), null],
];
