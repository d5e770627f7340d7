import { readFileSync } from 'node:fs';
import { lineText, readChannelsFile } from '../../domain/channels/lines.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { aStage } from '../stage/a-stage.ts';
import { account, bodyOf, sampleDetail } from '../support/sample.ts';

/** The instant at which every message arrives, in epoch milliseconds. */
export const NOW = Date.UTC(2026, 10, 24, 12);

export const settings = aStage({
  OTA_STAGE: 'fuzz',
  OTA_ACCOUNT_ID: account,
  // Time stands still, so no create and no look must have to wait for its turn.
  OTA_CREATES_PER_SECOND: 1e9,
  OTA_STEERING_CREATES_PER_SECOND: 1e9,
  OTA_LOOKS_PER_SECOND: 1e9,
});

export const channels: Channels = readChannels();

/** Two sources that may approve the thermostat. */
export const BOARD = 'com.acme.release-board';
export const HEALTH = 'com.acme.fleet-health';

/** A message that came before every other one, with members of its envelope. */
type Before = {
  readonly kind: 'release' | 'withdrawal' | 'approval' | 'hold' | 'resume';
  readonly detail: Record<string, unknown>;
  readonly members?: { readonly id?: string; readonly source?: string };
};

/** Everything that came before every message: accepted releases, withdrawals, approvals and holds. */
export const history: readonly Before[] = [
  { kind: 'release', detail: { ...sampleDetail(), version: '1.0.0', description: 'Accepted before', channels: ['beta', 'fleet'] } },
  { kind: 'release', detail: { ...sampleDetail(), version: '1.0.1+ci.1' } },
  { kind: 'withdrawal', detail: { product: 'thermostat', version: '1.1.0' } },
  { kind: 'withdrawal', detail: { product: 'thermostat', version: '1.2.0', revision: 1 } },
  { kind: 'withdrawal', detail: { product: 'thermostat', version: '1.3.0', channels: ['beta'] } },
  { kind: 'release', detail: { ...sampleDetail(), version: '1.5.0', channels: ['gated', 'asked'] } },
  {
    kind: 'approval',
    detail: { product: 'thermostat', version: '1.5.0', channels: ['asked'] },
    members: { id: 'approval-before', source: BOARD },
  },
  { kind: 'hold', detail: holdBefore('held-before', { channels: ['gated'] }), members: { id: 'hold-before' } },
  { kind: 'hold', detail: holdBefore('ended-before'), members: { id: 'ended-hold-before' } },
  { kind: 'resume', detail: { product: 'thermostat', holdId: 'ended-before' }, members: { source: BOARD } },
  { kind: 'resume', detail: { product: 'thermostat', holdId: 'early-before' }, members: { source: BOARD } },
];

/**
 * The rollouts of the history that have a row, with the ids of this stage and the numbers of the follow-ups that they wait for. One that only
 * an approval moves has nothing to do.
 */
export const rollouts = [
  {
    version: '1.0.0',
    channel: 'beta',
    followUpNumber: 1,
    rolloutId: 'fw-thermostat-1-0-0-e8a917e3f5c9808e3edab2b5fa773be4',
    hasNothingToDo: false,
  },
  {
    version: '1.0.0',
    channel: 'fleet',
    followUpNumber: 3,
    rolloutId: 'fw-thermostat-1-0-0-f52ffe38e625e62f8388a9cba9475e48',
    hasNothingToDo: false,
  },
  {
    version: '1.0.1',
    channel: 'beta',
    followUpNumber: 1,
    rolloutId: 'fw-thermosta-1-0-1-ci-33e3d16a20994918fdd3f10c7dbdd7f7',
    hasNothingToDo: false,
  },
  {
    version: '1.5.0',
    channel: 'gated',
    followUpNumber: 2,
    rolloutId: 'fw-thermostat-1-5-0-62dda6d444c01c63ea57de0ab469cfdc',
    hasNothingToDo: false,
  },
  {
    version: '1.5.0',
    channel: 'asked',
    followUpNumber: 2,
    rolloutId: 'fw-thermostat-1-5-0-a42181b5b8b33c704e65bfa44b65878b',
    hasNothingToDo: true,
  },
] as const;

const detailTypes = {
  release: 'Firmware Release Published',
  withdrawal: 'Firmware Release Withdrawn',
  approval: 'Firmware Release Approved',
  hold: 'Firmware Channel Held',
  resume: 'Firmware Channel Resumed',
} as const;

export const historyBodies: readonly string[] = history.map(({ kind, detail, members }) =>
  bodyOf(detail, { 'detail-type': detailTypes[kind], ...members }),
);

function holdBefore(holdId: string, members: Record<string, unknown> = {}): Record<string, unknown> {
  return { product: 'thermostat', holdId, reason: 'neverlog', ...members };
}

function readChannels(): Channels {
  const text = readFileSync(new URL('./channels.yml', import.meta.url), 'utf8');
  const file = readChannelsFile(text, { accountId: settings.OTA_ACCOUNT_ID, region: settings.AWS_REGION, stage: settings.OTA_STAGE });
  if (!file.ok) throw new Error(file.errors.map((error) => lineText('channels.yml', error)).join('\n'));
  return file.channels;
}
