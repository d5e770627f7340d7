/** What a word of a command line can be. A list has every word that is right. A person makes up a `text`. */
export type Kind = 'stage' | 'product' | 'channel' | 'file' | 'text' | 'command' | readonly string[];

/** The words that a command takes. An option with the kind `flag` takes no value. */
export type Words = { readonly options: Readonly<Record<string, Kind | 'flag'>>; readonly positionals: readonly Kind[] };

const help = { '--help': 'flag' } as const;
const stage = { '--stage': 'stage', '--endpoint': 'text', '--json': 'flag', ...help } as const;
const bus = { ...stage, '--channels': 'file', '--bus': 'text' } as const;
const follow = { ...bus, '--no-wait': 'flag', '--timeout': 'text' } as const;
const followRelease = { ...follow, '--until': 'text', '--wait-for-gates': 'flag' } as const;
const steering = { ...bus, '--source': 'text' } as const;
const aws = { '--account': 'text', '--region': 'text' } as const;
const offline = { '--channels': 'file', ...aws, '--stage': 'stage', '--json': 'flag', ...help } as const;

const release = ['product', 'text'] as const;
const releaseOnChannel = ['product', 'text', 'channel'] as const;

/** The shells that `ota completion` knows. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** The states of AWS that `ota devices` can ask for, in the order of a device's life. */
const states = ['QUEUED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'REMOVED', 'CANCELED'];

const faults = [
  ...['list', 'clear', 'throttle', 'error500', 'error503', 'lateError500', 'lateError503', 'quota410', 'lostReply', 'stalledBody'],
  ...['staleConnection', 'slow', 'outage', 'createFailed', 'eventLost', 'eventTwice', 'eventLate'],
];

const services = [
  ...['iot', 'iotmanagedintegrations', 'sqs', 'dynamodb', 'events', 's3', 'cloudformation', 'iam', 'kms', 'lambda', 'monitoring'],
  ...['servicequotas', 'signer', 'sns', 'sts', 'iot-jobs-data', 'iotjobsdata'],
];

/**
 * The words of every command. They stand here once more, because a command loads the SDK of AWS, and a shell asks at each TAB.
 * test/cli/completion.test.ts compares them with the commands.
 */
export const wordsOf: Readonly<Record<string, Words>> = {
  help: { options: {}, positionals: ['command'] },
  check: { options: offline, positionals: [] },
  plan: { options: { ...offline, '--count': 'flag', '--endpoint': 'text' }, positionals: ['file'] },
  status: { options: { ...stage, '--live': 'flag', '--failed': 'flag', '--since': 'text' }, positionals: release },
  devices: { options: { ...stage, '--state': states, '--no-reasons': 'flag' }, positionals: releaseOnChannel },
  rejected: { options: { ...stage, '--id': 'text', '--body': 'flag' }, positionals: [] },
  doctor: { options: { ...stage, '--channels': 'file', '--enable-job-events': 'flag' }, positionals: [] },
  console: { options: { ...bus, '--port': 'text', '--read-only': 'flag' }, positionals: [] },
  publish: { options: { ...followRelease, '--source': 'text', '--upload': 'file' }, positionals: ['file'] },
  promote: { options: { ...followRelease, '--source': 'text', '--to': 'channel', '--revision': 'text' }, positionals: release },
  approve: {
    options: {
      ...steering,
      ...{ '--by': 'text', '--revision': 'text', '--skip': ['after', 'soakMinutes', 'allowedTimes'], '--comment': 'text', '--yes': 'flag' },
    },
    positionals: releaseOnChannel,
  },
  deny: {
    options: { ...follow, '--source': 'text', '--revision': 'text', '--comment': 'text', '--yes': 'flag' },
    positionals: releaseOnChannel,
  },
  hold: {
    options: { ...steering, '--reason': 'text', '--from': 'text', '--until': 'text', '--id': 'text' },
    positionals: ['product', 'channel'],
  },
  resume: {
    options: { ...steering, '--id': 'text', '--comment': 'text', '--yes': 'flag' },
    positionals: ['product', 'channel'],
  },
  withdraw: {
    options: {
      ...follow,
      '--source': 'text',
      ...{ '--revision': 'text', '--channel': 'channel', '--ahead': 'flag', '--reason': 'text', '--comment': 'text' },
      ...{ '--force': 'flag', '--yes': 'flag' },
    },
    positionals: release,
  },
  redrive: {
    options: { ...stage, '--queue': ['rejected', 'releases', 'steering', 'follow-ups', 'rule'], '--id': 'text', '--no-wait': 'flag' },
    positionals: [],
  },
  init: {
    options: {
      ...{ '--product': 'text', '--bucket': 'text', '--region': 'text', '--from-cli': 'file', '--channel': 'text', '--source': 'text' },
      ...{ '--control-plane': ['createOTAUpdate', 'createJob', 'createOtaTask'], '--format': ['device-client', 'plain'] },
      ...{ '--target': 'text', '--signing-profile': 'text', '--task-configuration': 'text', '--package': 'file' },
      ...{ '--yes': 'flag', '--json': 'flag' },
      ...help,
    },
    positionals: ['file'],
  },
  start: {
    options: {
      ...{ '--exit': 'flag', '--port': 'text', '--no-examples': 'flag', '--channels': 'file', '--console-port': 'text' },
      ...{ '--no-console': 'flag' },
      ...help,
    },
    positionals: [],
  },
  fault: {
    options: {
      ...{ '--service': services, '--operation': 'text', '--times': 'text', '--after': 'text', '--probability': 'text' },
      ...{ '--seed': 'text', '--above': 'text', '--for': 'text', '--delay': 'text', '--code': 'text', '--message': 'text' },
      ...{ '--endpoint': 'text', '--json': 'flag' },
      ...help,
    },
    positionals: [faults],
  },
  diff: {
    options: {
      ...{ '--save': 'file', '--stage': 'stage', '--param': 'text', '--channels': 'file', '--endpoint': 'text' },
      ...{ '--exit-code': 'flag', '--json': 'flag' },
      ...help,
    },
    positionals: ['file', 'file'],
  },
  'import-files': {
    options: { '--stage': 'stage', '--package': 'file', '--endpoint': 'text', '--json': 'flag', ...help },
    positionals: [],
  },
  completion: { options: help, positionals: [shells] },
};
