import { AwsError } from './aws-error.ts';
import { foreignArn } from './foreign-arn.ts';
import { type JsonInput, type Kinds, readStructure } from './member-types.ts';
import { isQueryProtocol, queryError } from './query-xml.ts';
import type { Service, ServiceRequest, ServiceResponse } from './service.ts';

export type JsonOperation = (input: JsonInput, request: ServiceRequest) => unknown;

export type JsonProtocol = {
  readonly name: string;
  readonly version: '1.0' | '1.1';
  /** What stands before the dot in X-Amz-Target, `AmazonSQS`. */
  readonly target: string;
  /** How the service writes the type of an error in its bodies. */
  errorType(exception: string): string;
  errorHeaders?(exception: string): Readonly<Record<string, string>>;
  /** The Region of the service, if an ARN of another partition is a ValidationException. Without it nothing is refused for its partition. */
  readonly region?: string;
  /** The types of the members that the operations read, by name. Other members are not checked. */
  readonly members: Kinds;
};

/** A service in the awsJson protocol, with one function per operation. What it returns is the body; `undefined` is `{}`. */
export function createJsonService(protocol: JsonProtocol, operations: Readonly<Record<string, JsonOperation>>): Service {
  const contentType = `application/x-amz-json-${protocol.version}`;

  function error(status: number, exception: string, message: string, fields: Readonly<Record<string, unknown>> = {}): ServiceResponse {
    return {
      status,
      headers: { 'content-type': contentType, ...protocol.errorHeaders?.(exception) },
      body: JSON.stringify({ ...fields, __type: protocol.errorType(exception), message }),
    };
  }

  const asked = (request: ServiceRequest) => request.headers['x-amz-target']?.split('.').at(-1);

  return {
    name: protocol.name,
    operations: Object.keys(operations),
    operation(request) {
      const operation = asked(request);
      return operation !== undefined && Object.hasOwn(operations, operation) ? operation : undefined;
    },
    async handle(request) {
      const asking = asked(request);
      const operation = asking !== undefined && Object.hasOwn(operations, asking) ? operations[asking] : undefined;
      if (operation === undefined) {
        const what = asking ?? 'without X-Amz-Target (only the JSON protocol is implemented; newer SDKs use it)';
        const answer = isQueryProtocol(request.headers) ? queryError : error;
        return answer(400, 'UnknownOperationException', `The embedded AWS does not know ${protocol.target} ${what}.`);
      }
      const input = parse(request.body);
      if (input === undefined) return error(400, 'SerializationException', 'The body is not a JSON object.');
      const foreign = protocol.region === undefined ? undefined : foreignArn(input, protocol.region);
      if (foreign !== undefined) return error(400, 'ValidationException', foreign);
      try {
        const output = await operation(readStructure(input, protocol.members), request);
        return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(output ?? {}) };
      } catch (problem) {
        if (problem instanceof AwsError) return error(problem.status, problem.exception, problem.message, problem.fields);
        throw problem;
      }
    },
    error,
  };
}

function parse(body: Buffer): JsonInput | undefined {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonInput) : undefined;
  } catch {
    return undefined;
  }
}
