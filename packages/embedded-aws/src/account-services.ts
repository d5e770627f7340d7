import { type Account, answerRow, QUERY_SERVICES } from './account.ts';
import { percentDecoded } from './services/percent-decoded.ts';
import { queryError } from './services/query-xml.ts';
import type { Service, ServiceRequest, ServiceResponse } from './services/service.ts';

/** A service that answers reads from the table of the account, and nothing else. */
type TableService = {
  /** The signing name. */
  readonly name: string;
  /** What AWS answers for a thing that does not exist. */
  readonly absent: readonly [status: number, exception: string];
  /** The reads, with their paths if the service is a REST service. */
  readonly operations: Readonly<Record<string, string>>;
};

const NO_PATH = '';

/** The names, paths and errors are those of the services' API models. */
const TABLE_SERVICES: readonly TableService[] = [
  {
    name: 'lambda',
    absent: [404, 'ResourceNotFoundException'],
    operations: {
      GetAccountSettings: '/2016-08-19/account-settings',
      GetFunctionConfiguration: '/2015-03-31/functions/{FunctionName}/configuration',
      GetFunctionConcurrency: '/2019-09-30/functions/{FunctionName}/concurrency',
      ListEventSourceMappings: '/2015-03-31/event-source-mappings',
    },
  },
  { name: 'signer', absent: [404, 'ResourceNotFoundException'], operations: { GetSigningProfile: '/signing-profiles/{profileName}' } },
  {
    name: 'servicequotas',
    absent: [400, 'NoSuchResourceException'],
    operations: { GetServiceQuota: NO_PATH, GetAWSDefaultServiceQuota: NO_PATH },
  },
  { name: 'kms', absent: [400, 'NotFoundException'], operations: { DescribeKey: NO_PATH } },
  { name: 'monitoring', absent: [400, 'ResourceNotFound'], operations: { GetMetricData: NO_PATH } },
  {
    name: 'iam',
    absent: [404, 'NoSuchEntity'],
    operations: { GetRole: NO_PATH, ListRolePolicies: NO_PATH, GetRolePolicy: NO_PATH, SimulatePrincipalPolicy: NO_PATH },
  },
  { name: 'cloudformation', absent: [400, 'ValidationError'], operations: { DescribeStacks: NO_PATH, ListStackResources: NO_PATH } },
  { name: 'sns', absent: [404, 'NotFound'], operations: { ListSubscriptionsByTopic: NO_PATH } },
];

/**
 * The services that only the table of the account answers. A read for which the table has rows, none of which fits, is
 * answered with the error for what does not exist. A read without rows is denied.
 */
export function createTableServices(account: Account): Service[] {
  return TABLE_SERVICES.map((service) => createTableService(service, account));
}

function createTableService({ name, absent, operations }: TableService, account: Account): Service {
  const isQuery = QUERY_SERVICES.has(name);
  const error = isQuery ? queryError : jsonError;
  return {
    name,
    operations: Object.keys(operations),
    operation: (request) => routeOf(operations, request)?.operation,
    handle(request) {
      const route = routeOf(operations, request);
      if (route === undefined) {
        const known = Object.keys(operations).join(', ');
        return Promise.resolve(error(400, 'UnknownOperationException', `The embedded AWS answers these reads of ${name} only: ${known}.`));
      }
      const { operation, labels } = route;
      const { row, asked, input } = account.find(name, operation, request, labels);
      if (row !== undefined) return Promise.resolve(answerRow({ name, error }, operation, row, input));
      if (asked) return Promise.resolve(error(absent[0], absent[1], absentMessage(operation, input)));
      const message = `User: is not authorized to perform: ${name}:${operation} (the table of PUT /_ota/account has no row for it)`;
      return Promise.resolve(error(isQuery ? 403 : 400, isQuery ? 'AccessDenied' : 'AccessDeniedException', message));
    },
    error,
  };
}

/** In CloudFormation only the message says that a stack is absent. */
function absentMessage(operation: string, input: Readonly<Record<string, unknown>>): string {
  return operation.includes('Stack') ? `Stack with id ${input['StackName']} does not exist` : 'It does not exist.';
}

type Route = { readonly operation: string; readonly labels: Readonly<Record<string, string>> };

function routeOf(operations: TableService['operations'], { headers, path, query, body }: ServiceRequest): Route | undefined {
  const named =
    headers['x-amz-target']?.split('.').at(-1) ?? new URLSearchParams(body.toString('utf8')).get('Action') ?? query.get('Action') ?? '';
  if (operations[named] === NO_PATH) return { operation: named, labels: {} };
  const asked = path.replace(/\/$/, '').split('/');
  for (const [operation, template] of Object.entries(operations)) {
    const wanted = template.split('/');
    if (template === NO_PATH || wanted.length !== asked.length) continue;
    if (!wanted.every((segment, at) => segment.startsWith('{') || segment === asked[at])) continue;
    const labels = wanted.flatMap((segment, at) =>
      segment.startsWith('{') ? [[segment.slice(1, -1), percentDecoded(asked[at] ?? '')] as const] : [],
    );
    return { operation, labels: Object.fromEntries(labels) };
  }
  return undefined;
}

function jsonError(status: number, exception: string, message: string): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': exception },
    body: JSON.stringify({ __type: exception, message, Message: message }),
  };
}
