import type { Operation, Side } from './side.ts';

/**
 * The answer of one side to an operation, as plain JSON. An error becomes its name, the name of its cause, the item of a
 * failed condition and the adapter's own message. AWS's messages are not compared, as they decide nothing.
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

/** A message without the versions that a side made up, and without AWS's message, which adapters put in brackets. */
function ownWords(message: string): string {
  return message.replaceAll(/ at version [^ ,:]+/g, '').replaceAll(/: [^:(]*\)/g, ')');
}
