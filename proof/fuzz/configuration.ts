import { readFileSync } from 'node:fs';
import { lineText, readChannelsFile } from '../../domain/channels/lines.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import type { Settings } from '../stage/compose.ts';
import { account, bodyOf, sampleDetail } from '../support/sample.ts';
import { LEDGER, LOCK } from './aws/dynamodb.ts';

/** The instant at which every message comes. */
export const NOW = Date.UTC(2026, 10, 24, 12);

export const settings: Settings = {
  OTA_STAGE: 'fuzz',
  OTA_ACCOUNT_ID: account,
  AWS_REGION: 'us-east-1',
  OTA_ALLOWED_ACCOUNTS: [account],
  OTA_LEDGER_TABLE: LEDGER,
  OTA_LOCK_TABLE: LOCK,
  OTA_BUS_NAME: 'firmware-fuzz',
  OTA_FOLLOW_UPS_QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/${account}/follow-ups`,
  OTA_REJECTED_QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/${account}/rejected`,
  OTA_DOCUMENTS_BUCKET: 'ota-dispatch-fuzz-documents',
  // Time stands still, so no create may have to wait for its turn.
  OTA_CREATES_PER_SECOND: 1e9,
  OTA_UNANSWERED_MI_MINUTES: 20,
  OTA_TIME_FACTOR: 1,
};

export const channels: Channels = readChannels();

/** What came before every message: releases that were accepted, and withdrawals. */
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
