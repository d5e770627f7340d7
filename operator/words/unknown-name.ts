import { namesInsteadOf } from '../../domain/channels/unknown-name.ts';

/**
 * Words for a name that does not exist: the name in quotes, the one that was probably meant, and those that exist.
 * `"satble": did you mean stable? it has beta, stable`.
 */
export function unknownName(given: string, known: readonly string[], has = 'it has'): string {
  return `${JSON.stringify(given)}: ${namesInsteadOf(given, known, has) ?? `${has} none`}`;
}
