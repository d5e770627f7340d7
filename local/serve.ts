import { join } from 'node:path';
import { startCloud } from 'embedded-aws/src/cloud.ts';
import type { Assets } from '../console/server/assets.ts';
import { artifactsFolder } from '../operator/examples/examples-folder.ts';
import { isPacked, start } from '../scripts/installation.ts';
import { foreignArnLines, type Judged, judgeExamples, readPackagedChannels, releaseToTry } from './applicable-examples.ts';
import { makeArtifactBuckets } from './artifact-buckets.ts';
import type { Example } from './example-files.ts';
import { runExamples } from './examples.ts';
import { switchJobEventsOn } from './job-events.ts';
import { createNarrator } from './narrator.ts';
import { type NextSteps, nextSteps } from './next-steps.ts';
import { report, widthOfOutput, wrap } from './report.ts';
import { consoleLines, startLocalConsole } from './start-console.ts';

/** What a person asked of `npm start` or `ota start`. */
export type StartOptions = {
  readonly port: number;
  /** Stop after the examples. */
  readonly exit: boolean;
  /** The examples of the project, to publish those that fit. Undefined: publish nothing. */
  readonly examples: readonly Example[] | undefined;
  /** The file to use instead of channels.yml: its path, and what the person typed. */
  readonly channels: { readonly path: string; readonly typed: string } | undefined;
  /** The console: the port that it should have, whether a person chose it, and its bundled page. Undefined: none. */
  readonly console: { readonly port: number; readonly isChosen: boolean; readonly page: Promise<Assets> } | undefined;
};

/**
 * How much faster than real time a local run is. The 15 seconds before the first follow-up become a quarter of a second,
 * and the five minutes between sweeps become five seconds.
 */
const TIME_FACTOR = 60;

/** The examples take less than 30 seconds. A loaded machine gets twice as long. */
const EXAMPLES_PATIENCE_MILLISECONDS = 60_000;

/** Runs what was packaged into `folder`: with `exit` until the examples have ended, otherwise until `stop` is aborted. Answers the exit status. */
export async function serve(folder: string, options: StartOptions, stop: AbortSignal): Promise<number> {
  const narrator = createNarrator(report, options.examples === undefined ? 'everything' : 'beginnings');
  const cloud = await startCloud({
    stackName: 'ota-dispatch-local',
    port: options.port,
    templateFile: join(folder, 'cloudformation-template-update-stack.json'),
    codeDirectory: folder,
    timeFactor: TIME_FACTOR,
    // The functions run on this Node, which may be older than the one of Lambda. The SDK would warn of that in each log.
    environment: { OTA_TIME_FACTOR: String(TIME_FACTOR), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    onLog: ({ line }) => narrator.onLogLine(line),
    onEvent: narrator.onEvent,
    iotCore: { publish: ({ topic }) => narrator.onJobEvent(topic) },
  });
  let page: Awaited<ReturnType<typeof startLocalConsole>> | undefined;
  try {
    const packagedChannels = join(folder, 'dist', 'releases', 'channels.json');
    await makeArtifactBuckets(packagedChannels, cloud);
    say(`ready at ${cloud.endpoint} (account ${cloud.accountId}, region ${cloud.region}, any credentials)`);
    if (options.console)
      page = await startLocalConsole({ ...options.console, endpoint: cloud.endpoint, channels: options.channels?.typed });
    // Without examples, the next steps follow at once and name the address.
    if (options.examples) console.log([...consoleLines(page), ''].join('\n'));
    const stopped = new Promise<false>((done) => {
      if (stop.aborted) done(false);
      stop.addEventListener('abort', () => done(false), { once: true });
    });
    const file = options.channels?.typed ?? 'channels.yml';
    const channels = readPackagedChannels(packagedChannels, cloud);
    const warnings = foreignArnLines(channels, cloud, file);
    for (const warning of warnings) console.error(warning);
    if (warnings.length > 0) console.error('');
    const judged = judgeExamples(options.examples ?? [], channels, cloud, file);
    const ok = options.examples === undefined || (await Promise.race([publishExamples(judged, cloud, file, stop), stopped]));
    if (options.exit) return ok ? 0 : 1;
    narrator.reportEverything();
    if (!stop.aborted) {
      const { file: release, product, note } = releaseToTry(channels, cloud, judged.applicable);
      printNextSteps(note, consoleLines(page), { endpoint: cloud.endpoint, channels: options.channels?.typed, release, product });
    }
    await stopped;
    return 0;
  } finally {
    await page?.close();
    await cloud.stop();
  }
}

/** Reports which examples are skipped, and publishes the others. Answers whether each of them ended as it declares. */
async function publishExamples(
  { applicable, skipped }: Judged,
  cloud: { readonly endpoint: string; readonly region: string },
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (const { example, why } of skipped) say(`${why}: examples/${example.name}.json is skipped`);
  if (applicable.length === 0) {
    if (skipped.length === 0) say('The project has no examples to publish: it has no file examples/NAME.json.');
    else say(`No example fits ${file}.`);
    if (!isPacked) console.log(`To see the examples, stop the service and type:\n  ${start('--channels examples/channels.yml')}`);
    return true;
  }
  say(`${skipped.length > 0 ? '\n' : ''}Publishing the examples. Time in the service runs ${TIME_FACTOR} times as fast as on AWS.`);
  await switchJobEventsOn(cloud);
  say('Job events are switched on for the examples: AWS IoT reports the end of a job. In a new account they are off.');
  console.log('');
  const ok = await runExamples({
    endpoint: cloud.endpoint,
    artifacts: artifactsFolder(),
    examples: applicable,
    bus: 'firmware-local',
    queues: ['ota-dispatch-local-releases', 'ota-dispatch-local-steering'],
    report,
    patience: EXAMPLES_PATIENCE_MILLISECONDS,
    signal,
  });
  if (!signal.aborted) console.log(ok ? '\nEvery example ended as it declares.' : '\nNot every example ended as it declares.');
  return ok;
}

function say(sentence: string): void {
  console.log(wrap(sentence, widthOfOutput()));
}

function printNextSteps(note: string, atConsole: readonly string[], steps: NextSteps): void {
  console.log('');
  for (const line of atConsole) console.log(line);
  say(`The service keeps running. Try it from another terminal (${note}):`);
  for (const command of nextSteps(steps)) console.log(`  ${command}`);
  console.log(`Any AWS client works too:
  export AWS_ENDPOINT_URL=${steps.endpoint}
  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x
  aws iot list-ota-updates
Ctrl-C stops the service. All data is in memory and is lost then.`);
}
