import { createRequire } from 'node:module';
import { partitionOf } from '../../partition.ts';
import { AwsError } from '../aws-error.ts';
import type { JsonInput } from '../member-types.ts';

// dynalite is called below its HTTP server, by paths that it does not promise to keep: package.json pins its version. This
// saves a hop, and there is no second port that could be mistaken for the endpoint.
type Failure = Error & {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
};
type Store = { readonly tableDb: { awsAccountId: string; awsRegion: string }; readonly db: { close(done: (error?: Error) => void): void } };
type Action = (store: Store, input: JsonInput, done: (error: Failure | null | undefined, output: JsonInput) => void) => void;
type ActionShape = { readonly types: unknown; readonly custom?: unknown };
type Validations = {
  checkTypes(input: JsonInput, types: unknown): JsonInput;
  checkValidations(input: JsonInput, types: unknown, custom: unknown, store: Store): void;
};

const require = createRequire(import.meta.url);
const { create } = require('dynalite/db') as { create(options: Record<string, number>): Store };
const validations = require('dynalite/validations') as Validations;

const ENGINE_OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;

export type EngineOperation = (typeof ENGINE_OPERATIONS)[number];

export type Engine = {
  /** Carries an operation out. Throws DynamoDB's own error. */
  run(operation: EngineOperation, input: JsonInput): Promise<JsonInput>;
  close(): Promise<void>;
};

/** dynalite in this process, in memory. */
export function createEngine(options: { readonly accountId: string; readonly region: string }): Engine {
  const store = create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  store.tableDb.awsAccountId = options.accountId;
  store.tableDb.awsRegion = options.region;
  const partition = partitionOf(options.region).name;
  const parts = new Map(
    ENGINE_OPERATIONS.map((operation) => {
      const file = operation.charAt(0).toLowerCase() + operation.slice(1);
      const action = require(`dynalite/actions/${file}`) as Action;
      return [operation, { action, shape: require(`dynalite/validations/${file}`) as ActionShape }];
    }),
  );

  return {
    run(operation, input) {
      const part = parts.get(operation);
      if (part === undefined) throw new RangeError(`the engine has no operation ${operation}`);
      return new Promise((resolve, reject) => {
        try {
          const checked = validations.checkTypes(withPartition(structuredClone(input), partition, 'aws'), part.shape.types);
          validations.checkValidations(checked, part.shape.types, part.shape.custom, store);
          part.action(store, checked, (error, output) =>
            error ? reject(awsError(error)) : resolve(withPartition(output ?? {}, 'aws', partition)),
          );
        } catch (error) {
          reject(awsError(error as Failure));
        }
      });
    },
    close: () => new Promise((resolve, reject) => store.db.close((error) => (error ? reject(error) : resolve()))),
  };
}

/** The same members with the ARNs of tables and indexes in another partition. dynalite knows only `aws`. Items are left as they are. */
function withPartition(members: JsonInput, from: string, to: string): JsonInput {
  if (from === to) return members;
  const copy = structuredClone(members);
  rename(copy, `arn:${from}:dynamodb:`, `arn:${to}:dynamodb:`);
  return copy;
}

const ARN_MEMBERS = new Set(['TableArn', 'IndexArn', 'ResourceArn']);
const WITH_ARNS = ['Table', 'TableDescription', 'GlobalSecondaryIndexes', 'LocalSecondaryIndexes'];

function rename(members: JsonInput, from: string, to: string): void {
  for (const [name, value] of Object.entries(members)) {
    if (ARN_MEMBERS.has(name) && typeof value === 'string' && value.startsWith(from)) members[name] = to + value.slice(from.length);
    else if (WITH_ARNS.includes(name)) for (const inner of [value].flat()) rename(inner as JsonInput, from, to);
  }
}

function awsError(error: Failure): Error {
  if (error.statusCode === undefined || error.body === undefined) return error;
  const exception = error.body.__type.split('#').at(-1) ?? error.body.__type;
  return new AwsError(exception, error.body.message ?? error.body.Message ?? '', { status: error.statusCode });
}
