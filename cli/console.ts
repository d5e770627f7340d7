import { startConsole } from '../console/server/serve.ts';
import { checkStage } from '../operator/stage/check-stage.ts';
import { openStage } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, port } from '../scripts/command.ts';
import { isPacked, ota } from '../scripts/installation.ts';
import { oneLine, printError, printHelp } from '../scripts/layout.ts';
import { printJson } from './json-output.ts';
import { busHelp, busOption, channelsHelp, stageHelp, stageOptions } from './stage-options.ts';

const help = `Usage: ${ota} console [OPTIONS]

Serves a page for operators on this machine, and prints its address. The page
works with your AWS credentials, and they stay in this process. The address
opens one browser, once.

  --port N       listen on this port of 127.0.0.1 and ::1 (default: a free one)
  --read-only    show everything and change nothing
${channelsHelp}
${busHelp}
${stageHelp}
                 With it, the output is {"address": "…"} in one line

Exit status:
  0    ended by Ctrl-C, its usual end
  1    AWS did not answer
  2    wrong usage, no such stage, ${isPacked ? 'or a port that is in use' : 'a port that is in use, or development\n       dependencies that are not installed'}`;

/** `ota console`. Answers 0 after Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...stageOptions,
      ...busOption,
      channels: { type: 'string' },
      port: { type: 'string' },
      'read-only': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const chosen = values.port === undefined ? 0 : port('port', values.port);
  const stage = openStage(values);
  await checkStage(stage);
  const isReadOnly = values['read-only'];
  const started = await startConsole({ stage, port: chosen, isReadOnly, channels: values.channels, report });
  const stopped = firstSignal();
  if (values.json) printJson({ address: started.address });
  else {
    console.log(`The console of stage ${stage.name}${isReadOnly ? ', read-only' : ''}:\n\n  ${started.address}\n`);
    console.log('Open it in one browser: the address works once. Ctrl-C ends the console.');
  }
  await stopped;
  await started.close();
  return exit.ok;
}

/** The first Ctrl-C, or the signal of a program. A second one ends the process at once. */
function firstSignal(): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.once(signal, stop);
  });
}

/** An error that the page shows without its text, for the person at the terminal. */
function report(line: string, error: unknown): void {
  printError(`ota console: ${oneLine(line)}`);
  if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
}
