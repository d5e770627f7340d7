import { formatPath, type Problem, problemsIn, type Shape } from 'aws-ota-models';
import { foreignArn } from '../foreign-arn.ts';
import type { Service, ServiceRequest, ServiceResponse } from '../service.ts';

/** One operation of a restJson1 service: where in the request each member of its input is, and what the members must be. */
export type Operation = {
  readonly method: string;
  /** With labels, each of which is a member of that name: `/jobs/{jobId}/cancel`. */
  readonly path: string;
  /** The members in the query string, by their name there. */
  readonly query?: Readonly<Record<string, string>>;
  readonly input: Extract<Shape, { type: 'structure' }>;
  /** The member of the input that is the whole body. Without it, the members in the body are members of the input. */
  readonly payload?: string;
  /** The status of the answer. Default: 200. */
  readonly status?: number;
  /** The exception for an input that breaks the model. Default: that of the service. */
  readonly invalid?: string;
};

export type Model = Readonly<Record<string, Operation>>;

/** A modelled error, which an operation answers instead of its output. */
export type Failure = {
  readonly exception: string;
  readonly message: string;
  readonly more?: Readonly<Record<string, string | undefined>>;
};

/** The output of an operation in wire form, or the error it answers. */
export type Result = { readonly output: unknown } | Failure;

export type Handlers = Readonly<Record<string, (input: never, request: ServiceRequest) => Result>>;

export type RestJson = {
  readonly name: string;
  readonly model: Model;
  readonly handlers: Handlers;
  /** The HTTP status of each modelled exception. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The exception for an input that breaks the model. */
  readonly invalid: string;
  /** How the service writes `message` in the body of an error. */
  readonly messageKey: 'message' | 'Message';
  /** The Region of the service. An ARN of another partition is refused as invalid. */
  readonly region: string;
};

/** The answer of an operation whose output has no members. */
export const nothing: Result = { output: {} };

/** A service in the restJson1 protocol. It routes, reads and validates inputs by its model, and writes outputs and errors. */
export function createRestJsonService(rest: RestJson): Service {
  const error = (status: number, exception: string, message: string, more: Failure['more'] = {}): ServiceResponse => ({
    status,
    headers: { ...headers(), 'x-amzn-errortype': exception },
    body: JSON.stringify({ [rest.messageKey]: message, ...more }),
  });
  return {
    name: rest.name,
    operations: Object.keys(rest.model),
    operation: (request) => findRoute(rest.model, request)?.name,
    async handle(request) {
      const route = findRoute(rest.model, request);
      const handler = route && rest.handlers[route.name];
      if (route === undefined || handler === undefined) {
        const asked = route?.name ?? `${request.method} ${request.path}`;
        return error(404, 'UnknownOperationException', `The embedded ${rest.name} does not know the operation ${asked}`);
      }
      const invalid = route.operation.invalid ?? rest.invalid;
      const input = readInput(route, request);
      if ('exception' in input) return error(400, invalid, input.message);
      const found = problemsIn(route.operation.input, input.input);
      if (found.length > 0) return error(400, invalid, validationMessage(found));
      const foreign = foreignArn(input.input, rest.region);
      if (foreign !== undefined) return error(400, invalid, foreign);
      const result = handler(input.input as never, request);
      if ('exception' in result) return error(rest.statuses[result.exception] ?? 400, result.exception, result.message, result.more);
      const status = route.operation.status ?? 200;
      return status === 204 ? { status, headers: headers() } : { status, headers: headers(), body: JSON.stringify(result.output) };
    },
    error,
  };
}

function headers(): Record<string, string> {
  return { 'content-type': 'application/json' };
}

function validationMessage(found: readonly Problem[]): string {
  const rules = found.slice(0, 10).map(({ path, message }) => `Value at '${formatPath(path)}' failed to satisfy constraint: ${message}`);
  return `${found.length} validation error${found.length === 1 ? '' : 's'} detected: ${rules.join('; ')}`;
}

type Route = { readonly name: string; readonly operation: Operation; readonly labels: Readonly<Record<string, string>> };

function findRoute(model: Model, request: ServiceRequest): Route | undefined {
  const asked = request.path.split('/');
  let best: Route | undefined;
  for (const [name, operation] of Object.entries(model)) {
    if (operation.method !== request.method) continue;
    const labels = matchPath(operation.path, asked);
    // A literal segment wins over a label: /thing-groups/addThingToThingGroup does not name a group.
    if (labels && (best === undefined || Object.keys(labels).length < Object.keys(best.labels).length)) best = { name, operation, labels };
  }
  return best;
}

function matchPath(template: string, asked: readonly string[]): Record<string, string> | undefined {
  const wanted = template.split('/');
  if (wanted.length !== asked.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const given = asked[at] ?? '';
    if (segment.startsWith('{')) labels[segment.slice(1, -1)] = given;
    else if (segment !== given) return undefined;
  }
  return labels;
}

function readInput(route: Route, request: ServiceRequest): { readonly input: Record<string, unknown> } | Failure {
  const body = readBody(request);
  if ('exception' in body) return body;
  const { payload } = route.operation;
  const { members } = route.operation.input;
  const input: Record<string, unknown> = payload === undefined ? { ...body.value } : { [payload]: body.value };
  for (const [name, raw] of Object.entries(route.labels)) {
    try {
      input[name] = readText(members[name], decodeURIComponent(raw));
    } catch {
      return { exception: 'InvalidRequest', message: `The path segment for ${name} is not percent-encoded text` };
    }
  }
  for (const [wireName, name] of Object.entries(route.operation.query ?? {})) {
    const given = request.query.getAll(wireName);
    const [first] = given;
    if (first !== undefined) input[name] = members[name]?.type === 'list' ? given : readText(members[name], first);
  }
  return { input };
}

function readBody(request: ServiceRequest): { readonly value: object } | Failure {
  if (request.body.length === 0) return { value: {} };
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value: withoutNulls(value) as object };
  } catch {
    // A body that is not JSON gets the same answer as one that is not an object.
  }
  return { exception: 'InvalidRequest', message: 'The request body is not a JSON object' };
}

/** In restJson1 a null member is an absent one. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, withoutNulls(item)]),
  );
}

function readText(shape: Shape | undefined, text: string): unknown {
  if (shape?.type === 'integer' || shape?.type === 'double')
    return text.trim() === '' ? text : Number.isNaN(Number(text)) ? text : Number(text);
  if (shape?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
