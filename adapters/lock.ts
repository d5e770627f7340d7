import { IdempotencyAlreadyInProgressError, IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';

/** One day is enough. The lock only saves work when copies of a message arrive together. The ledger keeps it safe. */
const LOCK_LIFE_SECONDS = 24 * 60 * 60;

/**
 * A short-lived lock: the idempotency record of Powertools. While one invocation works under a key, and for a day afterwards,
 * no other work under that key runs. The ledger decides what is true, never the lock.
 *
 * The persistence layer is for this one operation only. Operations that share one complete under each other's prefix
 * (Powertools issue 5707).
 */
export function lock(client: DynamoDBClient, tableName: string) {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    throwOnNoIdempotencyKey: true,
    hashFunction: 'sha256',
    expiresAfterSeconds: LOCK_LIFE_SECONDS,
  });
  const locked = makeIdempotent((call: Call) => call.work(), {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client }),
    config,
    keyPrefix: 'ota-dispatch',
  });
  return {
    /** Must be called first in every invocation. Without it, an execution environment that dies would hold its lock for ever. */
    registerContext(context: Context): void {
      config.registerLambdaContext(context);
    },
    /**
     * Runs `work` under `key`, unless another invocation is running it or has completed it. Returns whether it ran here. If
     * `work` throws, releases the lock and throws the same error.
     */
    async once(key: string, work: () => Promise<void>): Promise<boolean> {
      let ranHere = false;
      const workHere = async (): Promise<string> => {
        ranHere = true;
        await work();
        return 'done';
      };
      try {
        await locked({ key, work: workHere });
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
      }
      return ranHere;
    },
  };
}

type Call = { readonly key: string; readonly work: () => Promise<string> };

export type Lock = ReturnType<typeof lock>;
