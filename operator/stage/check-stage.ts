import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { missing, type Stage, unreachable } from './stage.ts';

/** Reads one item of the ledger. Throws UsageError if the stage has no ledger or is not reachable, and every other error as it is. */
export async function checkStage(stage: Pick<Stage, 'name' | 'endpoint' | 'ledger'>): Promise<void> {
  try {
    await stage.ledger.holds('any');
  } catch (error) {
    throw error instanceof ResourceNotFoundException ? missing(stage.name, 'ledger', error) : unreachable(error, stage.endpoint);
  }
}
