import { join } from 'node:path';
import { startCloud } from 'embedded-aws/src/cloud.ts';
import { makeArtifactBuckets } from './artifact-buckets.ts';
import { runExamples } from './examples.ts';
import { createNarrator } from './narrator.ts';
import { tell } from './tell.ts';

/** What a person asked `npm start` for. */
export type Wishes = {
  readonly port: number;
  readonly exit: boolean;
  readonly examples: boolean;
  /** Another channels.yml. */
  readonly channels: string | undefined;
};

const root = join(import.meta.dirname, '..');

/**
 * How much faster than life a local run is: 15 seconds until the first follow-up become a quarter of one, five
 * minutes between sweeps five seconds.
 */
const TIME_FACTOR = 60;

/** The examples declare to end within 30 seconds; a loaded machine gets as much again. */
const EXAMPLES_PATIENCE = 60_000;

/** Runs what was packaged into `folder` until `stop` is aborted, or with `exit` until the examples have ended; answers the exit status. */
export async function serve(folder: string, wishes: Wishes, stop: AbortSignal): Promise<number> {
  const narrator = createNarrator(tell, wishes.examples ? 'beginnings' : 'everything');
  const cloud = await startCloud({
    stackName: 'ota-dispatch-local',
    port: wishes.port,
    templateFile: join(folder, 'cloudformation-template-update-stack.json'),
    codeDirectory: folder,
    timeFactor: TIME_FACTOR,
    environment: { OTA_TIME_FACTOR: String(TIME_FACTOR) },
    onLog: ({ line }) => narrator.hear(line),
  });
  try {
    await makeArtifactBuckets(join(folder, 'dist', 'releases', 'channels.json'), cloud);
    console.log(`ready at ${cloud.endpoint}: account ${cloud.accountId}, region ${cloud.region}, any credentials\n`);
    const asked = new Promise<false>((done) => {
      if (stop.aborted) done(false);
      stop.addEventListener('abort', () => done(false), { once: true });
    });
    const ok = !wishes.examples || (await Promise.race([examples(cloud.endpoint, stop), asked]));
    if (wishes.exit) return ok ? 0 : 1;
    narrator.tellEverything();
    if (!stop.aborted) sayWhatNext(cloud.endpoint);
    await asked;
    return 0;
  } finally {
    await cloud.stop();
  }
}

async function examples(endpoint: string, signal: AbortSignal): Promise<boolean> {
  const folder = join(root, 'examples');
  const ok = await runExamples({
    endpoint,
    folder,
    bus: 'firmware-local',
    queue: 'ota-dispatch-local-releases',
    tell,
    patience: EXAMPLES_PATIENCE,
    signal,
  });
  if (!signal.aborted) console.log(ok ? '\nEvery example reached its end.' : '\nAn example did not reach its end.');
  return ok;
}

function sayWhatNext(endpoint: string): void {
  const at = endpoint.endsWith(':4566') ? '' : ` --endpoint ${endpoint}`;
  console.log(`
Try, in another terminal (app.bin: any file of yours):
  npm run ota -- status${at}
  npm run ota -- rejected${at}
  npm run ota -- publish examples/details/my-release.json --upload app.bin${at}
  npm run ota -- fault throttle --service iot --operation CreateOTAUpdate --times 3${at}
or, with any AWS client:
  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x
  aws iot list-ota-updates
Ctrl-C stops it; nothing is kept.`);
}
