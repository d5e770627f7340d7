import type { Settings } from '../../handlers/dependencies/settings.ts';
import { ACCOUNT, REGION } from './stand-ins.ts';

/** The endpoint of the embedded AWS in the URLs of its queues. */
export const ENDPOINT = 'http://127.0.0.1:4566';

/**
 * The settings of a function of a deployed stage, with the names that the template gives. `changes` come on top; the names
 * follow a changed stage, account or region. `endpoint` is in the URLs of the queues.
 */
export function aStage(changes: Partial<Settings> = {}, endpoint: string = ENDPOINT): Settings {
  const { OTA_STAGE: stage = 'local', OTA_ACCOUNT_ID: account = ACCOUNT, AWS_REGION: region = REGION } = changes;
  const queueUrl = (queue: string) => `${endpoint}/${account}/ota-dispatch-${stage}-${queue}`;
  return {
    OTA_STAGE: stage,
    OTA_ACCOUNT_ID: account,
    AWS_REGION: region,
    OTA_ALLOWED_ACCOUNTS: [account],
    OTA_LEDGER_TABLE: `ota-dispatch-${stage}-ledger`,
    OTA_LOCK_TABLE: `ota-dispatch-${stage}-lock`,
    OTA_BUS_NAME: `firmware-${stage}`,
    OTA_FOLLOW_UPS_QUEUE_URL: queueUrl('follow-ups'),
    OTA_REJECTED_QUEUE_URL: queueUrl('rejected'),
    OTA_DOCUMENTS_BUCKET: `ota-dispatch-${stage}-documents-${account}-${region}`,
    OTA_CREATES_PER_SECOND: 2.425,
    OTA_STEERING_CREATES_PER_SECOND: 0.0375,
    OTA_LOOKS_PER_SECOND: 8,
    OTA_UNANSWERED_MI_MINUTES: 20,
    OTA_TIME_FACTOR: 1,
    ...changes,
  };
}

/** Settings as the environment of a process: every value is text, a list has commas. */
export function environmentOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}
