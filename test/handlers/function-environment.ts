import type { Context } from 'aws-lambda';
import { type Settings, settingsOf } from '../../handlers/dependencies/settings.ts';
import { aStage, environmentOf } from '../../proof/stage/a-stage.ts';

/** The settings that a function reads from its environment. `changes` are variables that come on top. */
export function settingsWith(changes: Readonly<Record<string, string>> = {}): Settings {
  return settingsOf({ ...environmentOf(aStage({ OTA_CREATES_PER_SECOND: 2 })), ...changes });
}

/** The context of a Lambda invocation with a minute left, unless `millisecondsLeft` answers otherwise. */
export function aContext(millisecondsLeft: () => number = () => 60_000): Context {
  return { awsRequestId: 'a-request', functionName: 'a-function', getRemainingTimeInMillis: millisecondsLeft } as Context;
}
