import { parseArgs } from 'node:util';
import { exit, UsageError } from './command.ts';
import { localEndpoint, unreachable } from './stage.ts';

const help = `Usage: npm run ota -- fault KIND --service S [OPTIONS]
       npm run ota -- fault list | clear

Makes the local service fail on request. KIND: throttle, error500, error503, quota410, lostReply, slow, outage,
createFailed. S: iot, iotmanagedintegrations, sqs, dynamodb, events, s3.

  --operation O    only this operation (CreateOTAUpdate)
  --times N        so often at most
  --after N        leave the first N alone
  --probability P  each time with this probability (--seed N makes it repeatable)
  --above R        only what is more than R a second, as a quota does
  --for MS         for so many milliseconds
  --delay MS       how long \`slow\` holds a request back
  --code C --message M   what createFailed reports
  --endpoint URL   where the local service listens (default: AWS_ENDPOINT_URL, else http://127.0.0.1:4566)
  --json           for a program`;

type NumberKind = { readonly takes: string; readonly isOne: (text: string) => boolean };

const whole: NumberKind = { takes: 'a whole number, such as 3', isOne: (text) => /^\d+$/.test(text) };
const rate: NumberKind = { takes: 'a number, such as 10', isOne: (text) => /^(\d+(\.\d+)?|\.\d+)$/.test(text) };
const chance: NumberKind = { takes: 'a number from 0 to 1', isOne: (text) => rate.isOne(text) && Number(text) <= 1 };

/** The options that take a number: of which kind, and the member of the fault that it becomes. */
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

/** `ota fault`: 0 when the local service took it. Throws UsageError for a number that is none and where it knows no such fault. */
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
  if (kind === undefined || more.length > 0) throw new UsageError('fault takes one kind, or list, or clear');
  if (kind !== 'list' && kind !== 'clear' && values.service === undefined)
    throw new UsageError('--service is needed, such as --service iot; --help tells more');
  const answer = await ask(localEndpoint(values.endpoint), kind, faultOf(kind, values));
  const said = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw refusal(answer.status, (said as { message?: string }).message);
  if (values.json) console.log(JSON.stringify(said));
  else if (kind === 'list') for (const line of listed((said as { faults: object[] }).faults)) console.log(line);
  else console.log(kind === 'clear' ? 'no faults any more' : `fault ${(said as { id: number }).id} is armed`);
  return exit.ok;
}

/** The local service answers 400 only to what was typed: a kind, a service or an operation that there is not. */
function refusal(status: number, message = `the local service answered ${status}`): Error {
  return status === BAD_REQUEST ? new UsageError(message) : new Error(message);
}

function listed(faults: readonly object[]): string[] {
  return faults.length === 0 ? ['no faults are armed'] : faults.map((fault) => JSON.stringify(fault));
}

function faultOf(kind: string, values: Readonly<Record<string, string | boolean | undefined>>): object {
  const { service, operation, code, message } = values;
  const counted = numbers.flatMap(([option, { takes, isOne }, member]) => {
    const text = values[option];
    if (text === undefined) return [];
    if (!isOne(String(text))) throw new UsageError(`--${option} takes ${takes}, not ${text === '' ? 'nothing' : text}`);
    return [[member, Number(text)]];
  });
  const errorInfo = code !== undefined ? { errorInfo: { code, message: message ?? '' } } : {};
  return { kind, service, ...(operation !== undefined && { operation }), ...Object.fromEntries(counted), ...errorInfo };
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
