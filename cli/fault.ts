import { compact } from '../domain/json/compact.ts';
import { askEmbeddedAws } from '../operator/stage/embedded-aws.ts';
import { localEndpoint } from '../operator/stage/stage.ts';
import { type Fault, type ListedFault, lineOf, textOf } from '../operator/words/fault-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { printHelp } from '../scripts/layout.ts';
import { printJson } from './json-output.ts';

const help = `Usage: ${ota} fault KIND --service S [OPTIONS]
       ${ota} fault list
       ${ota} fault clear

Makes requests to the local AWS fail, until \`clear\` unless --times or --for ends
it. \`list\` shows the faults, how often each has struck, and whether it is armed,
used up or expired. The commands of ota use the local AWS too, so faults hit
them as well.

KIND is what the caller gets:
  throttle         the service's own throttle, such as ThrottlingException
  error500         an internal error of the service; nothing was done
  error503         the service is unavailable; nothing was done
  lateError500     as error500, but the request is carried out
  lateError503     as error503, but the request is carried out
  quota410         a limit of the account is exceeded; nothing was done
  lostReply        the request is carried out, and the connection is cut before
                   the answer
  stalledBody      the request is carried out, and the answer stops in the
                   middle
  staleConnection  a connection that was used before is reset; nothing was done
  slow             the answer comes after --delay milliseconds
  outage           the connection is cut; nothing was done
  createFailed     the create is answered as usual, and the creation fails later
                   with --code and --message (iot CreateOTAUpdate,
                   iotmanagedintegrations)
  eventLost        a job event of iot is lost
  eventTwice       a job event of iot comes twice
  eventLate        a job event of iot comes --delay milliseconds late

S is the name that requests of a service are signed for:
  iot, iotmanagedintegrations, sqs, dynamodb, events, s3   used by the functions
  cloudformation, iam, kms, lambda, monitoring             used by doctor, too
  servicequotas, signer, sns, sts                          used by doctor, too
  iot-jobs-data, iotjobsdata                               used by devices

  --service S      the service (required)
  --operation O    only this operation, such as CreateOTAUpdate, or completed
                   for a job event (default: all)
  --times N        at most this many times (default: no limit)
  --after N        let this many requests pass first
  --probability P  fail each request with this probability, from 0 to 1
  --seed N         make --probability repeatable
  --above R        fail only the requests above this rate per second, as a quota
                   does
  --for MS         for this many milliseconds
  --delay MS       the delay of \`slow\` and \`eventLate\` in milliseconds (default:
                   1000)
  --code C         the error that createFailed reports (default:
                   InternalFailure)
  --message M      its message
  --endpoint URL   where the local service listens (default: AWS_ENDPOINT_URL,
                   or http://127.0.0.1:4566)
  --json           print JSON for a program

Exit status:
  0    the local service has done what was asked
  1    the local service answered with an error
  2    wrong usage, or nothing listens at the endpoint`;

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

const FAULTS = '/_ota/faults';

/**
 * `ota fault`. Answers 0 if the local service accepted the request. Throws UsageError for a wrong number, and for a fault that it does not
 * know.
 */
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
    printHelp(help);
    return exit.ok;
  }
  const [kind, ...more] = positionals;
  if (kind === undefined || more.length > 0) throw new UsageError('exactly one kind, or list, or clear is required; see --help');
  const endpoint = localEndpoint(values.endpoint);
  if (kind === 'list') {
    const { faults } = (await askEmbeddedAws(endpoint, FAULTS, { method: 'GET' })) as { faults: ListedFault[] };
    print(values.json, { faults }, faults.length === 0 ? ['no faults are armed'] : faults.map(lineOf));
    return exit.ok;
  }
  if (kind === 'clear') {
    await askEmbeddedAws(endpoint, FAULTS, { method: 'DELETE' });
    print(values.json, {}, ['all faults are cleared']);
    return exit.ok;
  }
  if (values.service === undefined) throw new UsageError('--service is required, such as --service iot; see --help');
  const fault = faultOf(kind, values.service, values);
  const { id } = (await askEmbeddedAws(endpoint, FAULTS, { method: 'POST', body: fault })) as { id: number };
  print(values.json, { id }, [`fault ${id} is armed: ${textOf(fault)}`]);
  return exit.ok;
}

function print(json: boolean, value: object, lines: readonly string[]): void {
  if (json) printJson(value);
  else for (const line of lines) console.log(line);
}

function faultOf(kind: string, service: string, values: Readonly<Record<string, string | boolean | undefined>>): Fault {
  const { operation, code, message } = values;
  const counted = numbers.flatMap(([option, { takes, accepts }, member]) => {
    const text = values[option];
    if (text === undefined) return [];
    if (!accepts(String(text))) throw new UsageError(`--${option} takes ${takes}, not ${text === '' ? 'nothing' : text}`);
    return [[member, Number(text)]];
  });
  const errorInfo = code === undefined && message === undefined ? undefined : { code: code ?? 'InternalFailure', message: message ?? '' };
  return { kind, service, ...compact({ operation, ...Object.fromEntries(counted), errorInfo }) };
}
