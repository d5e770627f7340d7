import { parseArgs } from 'node:util';
import { type EmbeddedAws, startEmbeddedAws } from './index.ts';
import { REGION } from './services.ts';

const DEFAULT_PORT = 4566;
const ORPHAN_CHECK_MILLISECONDS = 200;

const HELP = `Usage: embedded-aws [--port N] [--region R]

Serves an AWS in one process on http://127.0.0.1:N, in memory: SQS, DynamoDB, EventBridge, S3, STS, the OTA updates,
jobs and registry of AWS IoT, and the OTA tasks of IoT managed integrations, with a simulated fleet of devices.

  --port N    the port to listen on (${DEFAULT_PORT}; 0 for any free one)
  --region R  the Region, which also decides the partition (${REGION})
  --version   print the version
  --help      print this text

Exit status: 0 after SIGINT or SIGTERM, 1 if it cannot listen, 2 for wrong usage.`;

/**
 * The command `embedded-aws`: serves until SIGINT or SIGTERM, then stops and returns the exit status. It prints what
 * went wrong as one line on the standard error output: status 1 if it cannot listen on the port, 2 for wrong usage.
 */
export async function runCommand(args: readonly string[], version: string): Promise<number> {
  const wanted = readArguments(args);
  if (typeof wanted === 'string') {
    console.error(`embedded-aws: ${wanted}. See embedded-aws --help`);
    return 2;
  }
  if (wanted.help || wanted.version) {
    console.log(wanted.help ? HELP : version);
    return 0;
  }
  const stopped = stopSignal();
  let aws: EmbeddedAws;
  try {
    aws = await startEmbeddedAws({ port: wanted.port, region: wanted.region });
  } catch (error) {
    console.error(`embedded-aws: ${whyItCannotListen(error, wanted.port)}`);
    return 1;
  }
  console.log(introduction(aws, version));
  await stopped;
  await aws.stop();
  return 0;
}

function readArguments(args: readonly string[]): { help: boolean; version: boolean; port: number; region: string } | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        region: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    const { port = String(DEFAULT_PORT), region = REGION, help = false, version = false } = values;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return `--port is a number from 0 to 65535, not "${port}"`;
    if (!/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region)) return `--region is a Region such as ${REGION}, not "${region}"`;
    return { help, version, port: Number(port), region };
  } catch (error) {
    // The first sentence of parseArgs names the argument; those after it are about positional arguments.
    return error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
  }
}

function whyItCannotListen(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const advice = 'Choose another one with --port N, or any free one with --port 0';
  if (code === 'EADDRINUSE') return `port ${port} is taken. ${advice}`;
  if (code === 'EACCES') return `this user may not listen on port ${port}. ${advice}`;
  return error instanceof Error ? error.message : String(error);
}

function introduction({ endpoint, accountId, region }: EmbeddedAws, version: string): string {
  return `embedded-aws ${version} listens on ${endpoint} (account ${accountId}, Region ${region}). Everything is in memory.

Any AWS SDK or the AWS CLI works against it, with any credentials. In another terminal:

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

Ctrl-C stops it.`;
}

/**
 * Resolves at the first SIGINT or SIGTERM. A second one ends the process at once. Under npx it also resolves when npx has
 * ended, because npx does not pass a SIGTERM on and the port would stay taken.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const watch = process.env['npm_command'] === 'exec' ? setInterval(stopIfOrphaned, ORPHAN_CHECK_MILLISECONDS).unref() : undefined;
    function stop(): void {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      clearInterval(watch);
      resolve();
    }
    function stopIfOrphaned(): void {
      if (process.ppid !== parent) stop();
    }
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
