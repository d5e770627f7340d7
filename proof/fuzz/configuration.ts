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

/** The accepted releases and the withdrawals that came before every message. */
export const history: readonly { readonly kind: 'release' | 'withdrawal'; readonly detail: Record<string, unknown> }[] = [
  { kind: 'release', detail: { ...sampleDetail(), version: '1.0.0', description: 'Accepted before', channels: ['beta', 'fleet'] } },
  { kind: 'release', detail: { ...sampleDetail(), version: '1.0.1+ci.1' } },
  { kind: 'withdrawal', detail: { product: 'thermostat', version: '1.1.0' } },
  { kind: 'withdrawal', detail: { product: 'thermostat', version: '1.2.0', revision: 1 } },
  { kind: 'withdrawal', detail: { product: 'thermostat', version: '1.3.0', channels: ['beta'] } },
];

export const historyBodies: readonly string[] = history.map(({ kind, detail }) =>
  bodyOf(detail, kind === 'release' ? {} : { 'detail-type': 'Firmware Release Withdrawn' }),
);

function readChannels(): Channels {
  const text = readFileSync(new URL('./channels.yml', import.meta.url), 'utf8');
  const file = readChannelsFile(text, { accountId: settings.OTA_ACCOUNT_ID, region: settings.AWS_REGION, stage: settings.OTA_STAGE });
  if (!file.ok) throw new Error(file.errors.map((error) => lineText('channels.yml', error)).join('\n'));
  return file.channels;
}
