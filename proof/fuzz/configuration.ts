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
  // Time stands still, so no create must have to wait for its turn.
  OTA_CREATES_PER_SECOND: 1e9,
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
