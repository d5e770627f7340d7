import type { Operation, Side } from './side.ts';

/**
 * What one side answers to an operation, as plain JSON. Of an error: its name, that of its cause, the item of a failed
 * condition, and an adapter's own words. AWS's words are not compared: nothing is decided by them.
 */
export async function answerOf(operation: Operation, side: Side): Promise<unknown> {
  try {
    const answer = await operation.on(side);
    return answer === undefined ? 'done' : JSON.parse(JSON.stringify(answer));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { name, message, cause, Item: item } = error as Error & { Item?: unknown };
    return {
      throws: name,
      ...(name === 'Error' && { words: ownWords(message) }),
      ...(cause instanceof Error && { because: cause.name }),
      ...(item !== undefined && { item }),
    };
  }
}

/** Without the versions that a side made up, and without the words of AWS, which adapters put in brackets. */
function ownWords(message: string): string {
  return message.replaceAll(/ at version [^ ,:]+/g, '').replaceAll(/: [^:(]*\)/g, ')');
}
