import type { Context } from 'aws-lambda';
import { type Settings, settingsOf } from '../../handlers/dependencies/settings.ts';

const environment = {
  OTA_STAGE: 'local',
  OTA_ACCOUNT_ID: '000000000000',
  AWS_REGION: 'us-east-1',
  OTA_ALLOWED_ACCOUNTS: '000000000000',
  OTA_LEDGER_TABLE: 'ledger',
  OTA_LOCK_TABLE: 'lock',
  OTA_BUS_NAME: 'firmware-local',
  OTA_FOLLOW_UPS_QUEUE_URL: 'http://127.0.0.1:1/000000000000/follow-ups',
  OTA_REJECTED_QUEUE_URL: 'http://127.0.0.1:1/000000000000/rejected',
  OTA_DOCUMENTS_BUCKET: 'documents',
  OTA_CREATES_PER_SECOND: '2',
};

/** The settings of a function as its environment has them; `changes` on top. */
export function settingsWith(changes: Readonly<Record<string, string>> = {}): Settings {
  return settingsOf({ ...environment, ...changes });
}

/** An invocation that has so much time left, whenever it is asked. */
export function anInvocation(millisecondsLeft: () => number = () => 60_000): Context {
  return { awsRequestId: 'a-request', functionName: 'a-function', getRemainingTimeInMillis: millisecondsLeft } as Context;
}
