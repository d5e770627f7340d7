import { type ParseArgsConfig, parseArgs as parse } from 'node:util';
import { nearest } from '../domain/json/nearest.ts';
import { UsageError } from './command.ts';

/** Node's `parseArgs`. For an unknown option it throws a UsageError with the option that was probably meant, if one is near. */
export function parseArgs<T extends ParseArgsConfig>(config: T): ReturnType<typeof parse<T>> {
  try {
    return parse(config);
  } catch (error) {
    const unknown = error instanceof Error ? error.message.match(/^Unknown option '--([^']+)'/)?.[1] : undefined;
    const meant = unknown === undefined ? undefined : nearest(unknown, Object.keys(config.options ?? {}));
    throw meant === undefined ? error : new UsageError(`there is no option --${unknown}: did you mean --${meant}?`, { cause: error });
  }
}
