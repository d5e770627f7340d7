import { percentDecoded } from './services/percent-decoded.ts';
import { locate } from './services/s3/s3.ts';
import { element } from './services/s3/xml.ts';
import type { Service, ServiceRequest, ServiceResponse } from './services/service.ts';

/** One answer of the account: to which requests, and what. The first row that fits a request answers it. */
export type AccountRow = {
  /** The row fits if the request has each of these members with this value. Default: it fits every request. */
  readonly input?: Readonly<Record<string, string>>;
  /** The members of the answer, under the names of the API. */
  readonly output?: Readonly<Record<string, unknown>>;
  /** Or the error that AWS answers. The default status is 400. */
  readonly error?: {
    readonly name: string;
    readonly message?: string;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** For SimulatePrincipalPolicy only: the decision for each action, `*` for those not named. */
  readonly decisions?: Readonly<Record<string, string>>;
};

/** Rows by the signing name of the service, then by operation. */
export type AccountTable = Readonly<Record<string, Readonly<Record<string, readonly AccountRow[]>>>>;

/** What AWS would say about an account, as far as a table says it. */
export type Account = {
  /** The whole table. */
  table(): AccountTable;
  /** Replaces the whole table. */
  replace(table: AccountTable): void;
  /** The row that fits a request; `undefined` if there is none. */
  find(service: string, operation: string | undefined, request: ServiceRequest, labels?: Readonly<Record<string, string>>): Found;
};

/** `asked` says whether the table has rows for the operation at all. `input` is what the request was read as. */
export type Found = { readonly row: AccountRow | undefined; readonly asked: boolean; readonly input: Readonly<Record<string, unknown>> };

/** An account that answers from `table` until it is replaced. */
export function createAccount(initial: AccountTable): Account {
  let current = initial;
  return {
    table: () => current,
    replace(table) {
      current = table;
    },
    find(service, operation, request, labels = {}) {
      const rows = operation === undefined ? undefined : current[service]?.[operation];
      const input = rows === undefined ? {} : { ...readInput(request), ...labels };
      const row = rows?.find((each) => Object.entries(each.input ?? {}).every(([name, value]) => String(input[name]) === value));
      return { row, asked: rows !== undefined, input };
    },
  };
}

/** What a JSON text has that a table may not have; a table if it is right. */
export function readAccountTable(text: string): AccountTable | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the body must be JSON';
  }
  if (!isObject(value)) return 'the body must be an object: {SERVICE: {OPERATION: [ROW]}}';
  for (const [service, operations] of Object.entries(value)) {
    if (!isObject(operations)) return `${service}: must be an object of operations`;
    for (const [operation, rows] of Object.entries(operations)) {
      const where = `${service}.${operation}`;
      if (!Array.isArray(rows)) return `${where}: must be a list of rows`;
      for (const row of rows as unknown[]) {
        if (!isObject(row)) return `${where}: a row is an object`;
        const unknown = Object.keys(row).find((name) => !['input', 'output', 'error', 'decisions'].includes(name));
        if (unknown !== undefined) return `${where}: ${unknown} is unknown; a row has input, output, error and decisions`;
        if (['output', 'error', 'decisions'].filter((name) => name in row).length !== 1)
          return `${where}: a row has exactly one of output, error and decisions`;
        if (isObject(row['error']) && typeof row['error']['name'] !== 'string') return `${where}: an error has a name`;
      }
    }
  }
  return value as AccountTable;
}

/** `GET /_ota/account` answers the table, `PUT` replaces it. `undefined` for any other route. */
export function answerAccountAdmin(
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: Buffer },
  account: Account,
): ServiceResponse | undefined {
  if (path !== '/_ota/account') return undefined;
  const json = (status: number, value: unknown): ServiceResponse => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(value)}\n`,
  });
  if (method === 'GET') return json(200, account.table());
  if (method !== 'PUT') return undefined;
  const table = readAccountTable(body.toString('utf8'));
  if (typeof table === 'string') return json(400, { message: table });
  account.replace(table);
  return { status: 204 };
}

/**
 * A stand-in that answers from the table where a row fits, and as usual otherwise. It reads the members of JSON bodies and
 * query strings, and the bucket of a request to S3.
 */
export function withAccount(service: Service, account: Account): Service {
  return {
    ...service,
    handle(request) {
      const operation = service.operation(request);
      const { row, input } = account.find(service.name, operation, request, placeOf(service.name, request));
      return row === undefined || operation === undefined
        ? service.handle(request)
        : Promise.resolve(answerRow(service, operation, row, input));
    },
  };
}

/** S3 has the bucket in host or path and its expected owner in a header. Other REST stand-ins have a name at the end of the path. */
function placeOf(service: string, request: ServiceRequest): Record<string, string> {
  if (service === 's3')
    return { Bucket: locate(request).bucket, ExpectedBucketOwner: request.headers['x-amz-expected-bucket-owner'] ?? '' };
  const [, , ...rest] = request.path.split('/');
  return { Identifier: percentDecoded(rest.at(-1) ?? '') };
}

/** A row in the protocol of its service. */
export function answerRow(
  { name, error }: Pick<Service, 'name' | 'error'>,
  operation: string,
  row: AccountRow,
  input: Readonly<Record<string, unknown>>,
): ServiceResponse {
  if (row.error !== undefined) {
    const answer = error(row.error.status ?? 400, row.error.name, row.error.message ?? row.error.name);
    return { ...answer, headers: { ...answer.headers, ...row.error.headers } };
  }
  const output = row.decisions === undefined ? (row.output ?? {}) : simulated(row.decisions, input);
  if (QUERY_SERVICES.has(name)) {
    const result = `<${operation}Result>${members(output)}</${operation}Result>`;
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: `<${operation}Response>${result}</${operation}Response>` };
  }
  if (name === 's3') {
    // What an S3 operation answers is in its body or in its headers, so a row may give both.
    return {
      status: 200,
      headers: Object.fromEntries(
        Object.entries((output['headers'] as object | undefined) ?? {}).map(([key, value]) => [key, String(value)]),
      ),
      body: String(output['body'] ?? ''),
    };
  }
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) };
}

/** The services of the query protocol: a form in the request, XML in the answer. */
export const QUERY_SERVICES: ReadonlySet<string> = new Set(['iam', 'cloudformation', 'sns', 'sts']);

function simulated(decisions: Readonly<Record<string, string>>, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const actions = Object.entries(input).flatMap(([name, value]) => (name.startsWith('ActionNames.member.') ? [String(value)] : []));
  return {
    EvaluationResults: actions.map((EvalActionName) => ({
      EvalActionName,
      EvalResourceName: String(input['ResourceArns.member.1'] ?? '*'),
      EvalDecision: decisions[EvalActionName] ?? decisions['*'] ?? 'implicitDeny',
    })),
  };
}

function members(value: Readonly<Record<string, unknown>>): string {
  return Object.entries(value)
    .map(([name, inner]) => {
      if (Array.isArray(inner)) return `<${name}>${inner.map((each) => wrapped('member', each)).join('')}</${name}>`;
      return wrapped(name, inner);
    })
    .join('');
}

function wrapped(name: string, value: unknown): string {
  return isObject(value) ? `<${name}>${members(value)}</${name}>` : element(name, value === undefined ? undefined : String(value));
}

function readInput({ headers, query, body }: ServiceRequest): Record<string, unknown> {
  const text = body.toString('utf8');
  if (String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  const given = Object.fromEntries(query);
  try {
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    return isObject(parsed) ? { ...given, ...parsed } : given;
  } catch {
    return given;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
