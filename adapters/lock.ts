import { IdempotencyAlreadyInProgressError, IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';

/** One day: it only spares work when copies of a message arrive together; the ledger is what makes it safe. */
const LOCK_LIFE_SECONDS = 24 * 60 * 60;

/**
 * The Powertools idempotency record as a short-lived lock. While one invocation works under a key, and for a day
 * afterwards, the work of others under that key does not run. Never the truth.
 *
 * One persistence layer for this one operation: operations that share a store complete under each other's
 * prefix (Powertools issue 5707).
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
    /** Must be called first in every invocation: it bounds how long a dead sandbox holds a lock. */
    registerContext(context: Context): void {
      config.registerLambdaContext(context);
    },
    /**
     * Runs `work` under `key` unless another invocation is at it or has done it. Answers whether it ran here. When
     * `work` throws, the lock is released and the error passed on.
     */
    async once(key: string, work: () => Promise<void>): Promise<boolean> {
      let ranHere = false;
      const noted = async (): Promise<string> => {
        ranHere = true;
        await work();
        return 'done';
      };
      try {
        await locked({ key, work: noted });
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
      }
      return ranHere;
    },
  };
}

type Call = { readonly key: string; readonly work: () => Promise<string> };

export type Lock = ReturnType<typeof lock>;
