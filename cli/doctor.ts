import { existsSync } from 'node:fs';
import { channelsOf } from '../operator/stage/channels-of-stage.ts';
import { openStage, unreachable } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { readGivenFile, serverlessFile } from '../scripts/given-file.ts';
import { ota, page } from '../scripts/installation.ts';
import { print, printHelp } from '../scripts/layout.ts';
import { deploymentOf, faultOfStage } from './doctor/deployment.ts';
import { examine } from './doctor/examine.ts';
import { clientsOf } from './doctor/gather/clients.ts';
import { hasFailure, reportLines } from './doctor/report.ts';
import { printJson } from './json-output.ts';
import { stageHelp, stageOptions } from './stage-options.ts';

const help = `Usage: ${ota} doctor [OPTIONS]

Checks whether an account is ready for a stage, before and after its deployment.
Without --enable-job-events it reads only, and changes nothing. Prints a line
for each check: ok, warning or failure, what was seen, and what to do. The page
${page('reference/doctor.md')} lists the checks.

  --enable-job-events
                 first switch on the events of jobs, for the whole account and
                 region. No other events change
  --channels F   the channels.yml (default: the one that the stage is deployed
                 with)
${stageHelp}

Exit status:
  0    no check failed, with or without warnings
  1    at least one check failed
  2    wrong usage`;

/** Where the second column of a report begins. A line that is too long for the terminal goes on there. */
const BELOW_THE_ID = 9;

/**
 * `ota doctor`. Answers 1 exactly if a check fails. It is one of the checks whether job events could be switched on, if that was asked for.
 * Throws UsageError if no stage can have that name, or if nothing listens at the local endpoint.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...stageOptions,
      channels: { type: 'string' },
      'enable-job-events': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const stage = openStage(values);
  const deployment = deploymentOf(stage.name, serverlessOf());
  const channels = channelsOf(stage.name, values.channels);
  const region = await stage.region();
  const fault = faultOfStage(stage.name, region);
  if (fault !== undefined) throw new UsageError(fault);
  const checks = await examine({
    clients: clientsOf(stage.config, region),
    region,
    deployment,
    channels,
    endpoint: stage.endpoint,
    isLocal: stage.name === 'local',
    enableJobEvents: values['enable-job-events'],
  });
  const [first] = checks;
  if (stage.endpoint !== undefined && first?.status === 'failure' && /ECONNREFUSED/.test(first.seen))
    throw unreachable(new Error(first.seen), stage.endpoint);
  if (values.json) printJson({ checks });
  else for (const line of reportLines(checks)) print(line, BELOW_THE_ID);
  return hasFailure(checks) ? exit.failed : exit.ok;
}

/** The text of serverless.yml. Throws UsageError in a folder without one: the checks compare the account with its parameters. */
function serverlessOf(): string {
  const file = serverlessFile();
  if (!existsSync(file)) throw new UsageError('there is no serverless.yml here: run doctor in the folder from which the stage is deployed');
  return readGivenFile(file);
}
