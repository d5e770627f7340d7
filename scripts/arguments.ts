import { type ParseArgsConfig, parseArgs as parse } from 'node:util';
import { nearest } from '../domain/json/nearest.ts';
import { UsageError } from './command.ts';

/**
 * Node's `parseArgs`. For an unknown option it throws a UsageError with what `instead` says of it, or else with the option that was
 * probably meant, if one is near.
 */
export function parseArgs<T extends ParseArgsConfig>(
  config: T,
  instead: Readonly<Record<string, string>> = {},
): ReturnType<typeof parse<T>> {
  try {
    return parse(config);
  } catch (error) {
    const unknown = error instanceof Error ? error.message.match(/^Unknown option '--([^']+)'/)?.[1] : undefined;
    if (unknown === undefined) throw error;
    const meant = nearest(unknown, Object.keys(config.options ?? {}));
    const advice = Object.hasOwn(instead, unknown) ? instead[unknown] : meant && `did you mean --${meant}?`;
    throw advice === undefined ? error : new UsageError(`there is no option --${unknown}: ${advice}`, { cause: error });
  }
}
