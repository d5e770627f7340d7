import { join } from 'node:path';
import { startCloud } from 'embedded-aws/src/cloud.ts';
import { root } from '../scripts/given-file.ts';
import { makeArtifactBuckets } from './artifact-buckets.ts';
import { runExamples } from './examples.ts';
import { createNarrator } from './narrator.ts';
import { report } from './report.ts';

/** What a person asked of `npm start`. */
export type StartOptions = {
  readonly port: number;
  /** Stop after the examples. */
  readonly exit: boolean;
  /** Publish the examples. */
  readonly examples: boolean;
  /** The path of the file to use instead of channels.yml. */
  readonly channels: string | undefined;
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
  const narrator = createNarrator(report, options.examples ? 'beginnings' : 'everything');
  const cloud = await startCloud({
    stackName: 'ota-dispatch-local',
    port: options.port,
    templateFile: join(folder, 'cloudformation-template-update-stack.json'),
    codeDirectory: folder,
    timeFactor: TIME_FACTOR,
    environment: { OTA_TIME_FACTOR: String(TIME_FACTOR) },
    onLog: ({ line }) => narrator.onLogLine(line),
  });
  try {
    await makeArtifactBuckets(join(folder, 'dist', 'releases', 'channels.json'), cloud);
    console.log(`ready at ${cloud.endpoint} (account ${cloud.accountId}, region ${cloud.region}, any credentials)\n`);
    const stopped = new Promise<false>((done) => {
      if (stop.aborted) done(false);
      stop.addEventListener('abort', () => done(false), { once: true });
    });
    const ok = !options.examples || (await Promise.race([examples(cloud.endpoint, stop), stopped]));
    if (options.exit) return ok ? 0 : 1;
    narrator.reportEverything();
    if (!stop.aborted) printNextSteps(cloud.endpoint);
    await stopped;
    return 0;
  } finally {
    await cloud.stop();
  }
}

async function examples(endpoint: string, signal: AbortSignal): Promise<boolean> {
  console.log(`Publishing the examples. Time in the service runs ${TIME_FACTOR} times as fast as on AWS.\n`);
  const ok = await runExamples({
    endpoint,
    folder: join(root, 'examples'),
    bus: 'firmware-local',
    queue: 'ota-dispatch-local-releases',
    report,
    patience: EXAMPLES_PATIENCE_MILLISECONDS,
    signal,
  });
  if (!signal.aborted) console.log(ok ? '\nEvery example ended as it declares.' : '\nNot every example ended as it declares.');
  return ok;
}

function printNextSteps(endpoint: string): void {
  const option = endpoint.endsWith(':4566') ? '' : ` --endpoint ${endpoint}`;
  console.log(`
The service keeps running. Try it from another terminal (app.bin can be any file):
  npm run ota -- status${option}
  npm run ota -- rejected${option}
  npm run ota -- publish examples/details/my-release.json --upload app.bin${option}
  npm run ota -- fault throttle --service iot --operation CreateOTAUpdate --times 3${option}
Any AWS client works too:
  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x
  aws iot list-ota-updates
Ctrl-C stops the service. All data is in memory and is lost then.`);
}
