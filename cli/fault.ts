import { compact } from '../domain/json/compact.ts';
import { nearest } from '../domain/json/nearest.ts';
import { localEndpoint, unreachable } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { type Fault, type ListedFault, lineOf, textOf } from './fault-text.ts';

const help = `Usage: npm run ota -- fault KIND --service S [OPTIONS]
       npm run ota -- fault list
       npm run ota -- fault clear

Makes requests to the local AWS fail, until \`clear\` unless --times or --for ends it. \`list\` shows the faults, how often
each has struck, and whether it is armed, used up or expired. The commands of npm run ota use the local AWS too, so
faults hit them as well.

KIND is what the caller gets:
  throttle         the service's own throttle, such as ThrottlingException
  error500         an internal error of the service; nothing was done
  error503         the service is unavailable; nothing was done
  lateError500, lateError503   the same errors, but the request is carried out
  quota410         a limit of the account is exceeded; nothing was done
  lostReply        the request is carried out, and the connection is cut before the answer
  stalledBody      the request is carried out, and the answer stops in the middle
  staleConnection  a connection that was used before is reset; nothing was done
  slow             the answer comes after --delay milliseconds
  outage           the connection is cut; nothing was done
  createFailed     the create is answered as usual, and the creation fails later with --code and --message (iot
                   CreateOTAUpdate, iotmanagedintegrations)
  eventLost, eventTwice, eventLate   a job event of iot is lost, comes twice, or comes --delay milliseconds late

S is the name that requests of a service are signed for:
  iot, iotmanagedintegrations, sqs, dynamodb, events, s3     the functions use these
  cloudformation, iam, kms, lambda, monitoring, servicequotas, signer, sns, sts     doctor uses these, too
  iot-jobs-data, iotjobsdata     devices use these for their jobs. A client uses one of the two

  --operation O    only this operation, such as CreateOTAUpdate, or completed for a job event (default: all)
  --times N        at most this many times (default: no limit)
  --after N        let this many requests pass first
  --probability P  fail each request with this probability (--seed N makes it repeatable)
  --above R        fail only the requests above this rate per second, as a quota does
  --for MS         for this many milliseconds
  --delay MS       the delay of \`slow\` and \`eventLate\` in milliseconds (default: 1000)
  --code C --message M   the error that createFailed reports (default: InternalFailure)
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
  const endpoint = localEndpoint(values.endpoint);
  if (kind === 'list') {
    const { faults } = (await ask(endpoint, {})) as { faults: ListedFault[] };
    print(values.json, { faults }, faults.length === 0 ? ['no faults are armed'] : faults.map(lineOf));
    return exit.ok;
  }
  if (kind === 'clear') {
    await ask(endpoint, { method: 'DELETE' });
    print(values.json, {}, ['all faults are cleared']);
    return exit.ok;
  }
  if (values.service === undefined) throw new UsageError('--service is required, such as --service iot; see --help');
  const fault = faultOf(kind, values.service, values);
  const body = JSON.stringify(fault);
  const { id } = (await ask(endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body })) as { id: number };
  print(values.json, { id }, [`fault ${id} is armed: ${textOf(fault)}`]);
  return exit.ok;
}

function print(json: boolean, value: object, lines: readonly string[]): void {
  for (const line of json ? [JSON.stringify(value)] : lines) console.log(line);
}

type Refusal = { readonly message?: string; readonly given?: string; readonly names?: readonly string[] };

/** The local service answers 400 only to a kind, a service or an operation that it does not know. */
function failure(status: number, { message = `the local service answered ${status}`, given = '', names = [] }: Refusal): Error {
  const meant = nearest(given, names);
  const text = meant === undefined ? message : `${message.split(';')[0]}: did you mean ${meant}?`;
  return status === BAD_REQUEST ? new UsageError(text) : new Error(text);
}

function faultOf(kind: string, service: string, values: Readonly<Record<string, string | boolean | undefined>>): Fault {
  const { operation, code, message } = values;
  const counted = numbers.flatMap(([option, { takes, accepts }, member]) => {
    const text = values[option];
    if (text === undefined) return [];
    if (!accepts(String(text))) throw new UsageError(`--${option} takes ${takes}, not ${text === '' ? 'nothing' : text}`);
    return [[member, Number(text)]];
  });
  const errorInfo = code === undefined ? undefined : { code, message: message ?? '' };
  return { kind, service, ...compact({ operation, ...Object.fromEntries(counted), errorInfo }) };
}

/** Sends a request for the faults and answers its body. Throws UsageError if nothing listens, or if the service refuses the fault. */
async function ask(endpoint: string, request: RequestInit): Promise<unknown> {
  const answer = await send(endpoint, request);
  const body = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw failure(answer.status, body as Refusal);
  return body;
}

async function send(endpoint: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL('/_ota/faults', endpoint), request);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : error;
    throw unreachable(cause, endpoint);
  }
}
