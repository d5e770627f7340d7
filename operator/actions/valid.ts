import type { Result } from '../../domain/release/rejection.ts';
import { UsageError } from '../../scripts/command.ts';

/** What a parser accepted. Throws UsageError with the path and the rule if it did not: the service would reject it, too. */
export function valid<T>(parsed: Result<T>): T {
  if (parsed.ok) return parsed.value;
  throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
}
