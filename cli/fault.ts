import { parseArgs } from 'node:util';
import { compact } from '../domain/json/compact.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { localEndpoint, unreachable } from './stage.ts';

const help = `Usage: npm run ota -- fault KIND --service S [OPTIONS]
       npm run ota -- fault list
       npm run ota -- fault clear

Makes requests to the local AWS fail. \`list\` shows the armed faults, and \`clear\` removes them.
KIND: throttle, error500, error503, quota410, lostReply, stalledBody, staleConnection, slow, outage, createFailed.
S: iot, iotmanagedintegrations, sqs, dynamodb, events, s3.

  --operation O    only this operation, such as CreateOTAUpdate (default: all)
  --times N        at most this many times
  --after N        let this many requests pass first
  --probability P  fail each request with this probability (--seed N makes it repeatable)
  --above R        fail only the requests above this rate per second, as a quota does
  --for MS         for this many milliseconds
  --delay MS       the delay of \`slow\` in milliseconds
  --code C --message M   the error that createFailed reports
  --endpoint URL   where the local service listens (default: AWS_ENDPOINT_URL, or http://127.0.0.1:4566)
  --json           print JSON for a program`;

type NumberKind = { readonly takes: string; readonly accepts: (text: string) => boolean };

const whole: NumberKind = { takes: 'a whole number such as 3', accepts: (text) => /^\d+$/.test(text) };
const rate: NumberKind = { takes: 'a number such as 10', accepts: (text) => /^(\d+(\.\d+)?|\.\d+)$/.test(text) };
const chance: NumberKind = { takes: 'a number from 0 to 1', accepts: (text) => rate.accepts(text) && Number(text) <= 1 };

/** The options that take a number, its kind, and the member of the fault that it becomes. */
const numbers: readonly (readonly [option: string, kind: NumberKind, member: string])[] = [
  ['times', whole, 'times'],
  ['after', whole, 'after'],
  ['probability', chance, 'probability'],
  ['seed', whole, 'seed'],
  ['above', rate, 'abovePerSecond'],
  ['for', whole, 'forMilliseconds'],
  ['delay', whole, 'delayMilliseconds'],
];

const BAD_REQUEST = 400;

/** `ota fault`. Answers 0 if the local service accepted the request. Throws UsageError for a wrong number, and for a fault that it does not know. */
export async function run(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      service: text,
      operation: text,
      times: text,
      after: text,
      probability: text,
      seed: text,
      above: text,
      for: text,
      delay: text,
      code: text,
      message: text,
      endpoint: text,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const [kind, ...more] = positionals;
  if (kind === undefined || more.length > 0) throw new UsageError('exactly one kind, or list, or clear is required; see --help');
  if (kind !== 'list' && kind !== 'clear' && values.service === undefined)
    throw new UsageError('--service is required, such as --service iot; see --help');
  const answer = await ask(localEndpoint(values.endpoint), kind, faultOf(kind, values));
  const body = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw failure(answer.status, (body as { message?: string }).message);
  if (values.json) console.log(JSON.stringify(body));
  else if (kind === 'list') for (const line of linesOf((body as { faults: object[] }).faults)) console.log(line);
  else console.log(kind === 'clear' ? 'all faults are cleared' : `fault ${(body as { id: number }).id} is armed`);
  return exit.ok;
}

/** The local service answers 400 only to a kind, a service or an operation that it does not know. */
function failure(status: number, message = `the local service answered ${status}`): Error {
  return status === BAD_REQUEST ? new UsageError(message) : new Error(message);
}

function linesOf(faults: readonly object[]): string[] {
  return faults.length === 0 ? ['no faults are armed'] : faults.map((fault) => JSON.stringify(fault));
}

function faultOf(kind: string, values: Readonly<Record<string, string | boolean | undefined>>): object {
  const { service, operation, code, message } = values;
  const counted = numbers.flatMap(([option, { takes, accepts }, member]) => {
    const text = values[option];
    if (text === undefined) return [];
    if (!accepts(String(text))) throw new UsageError(`--${option} takes ${takes}, not ${text === '' ? 'nothing' : text}`);
    return [[member, Number(text)]];
  });
  const errorInfo = code === undefined ? undefined : { code, message: message ?? '' };
  return compact({ kind, service, operation, ...Object.fromEntries(counted), errorInfo });
}

async function ask(endpoint: string, kind: string, fault: object): Promise<Response> {
  const url = new URL('/_ota/faults', endpoint);
  try {
    if (kind === 'list') return await fetch(url);
    if (kind === 'clear') return await fetch(url, { method: 'DELETE' });
    return await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : error;
    throw unreachable(cause, endpoint);
  }
}
