/*
 * Replaces the module of @smithy/core that reads a setting, in the bundles. Lambda has no files with profiles. And for each setting without
 * a variable, the SDK makes four errors with their stacks. Five clients read ten settings each.
 */
type Setting<T> = {
  readonly environmentVariableSelector: (variables: NodeJS.ProcessEnv, options: object) => T | undefined;
  readonly default: T | (() => T | Promise<T>);
};

/**
 * Reads a setting when it is first asked for: from the environment variables, or else its default. As in the SDK, a variable with a value
 * that the SDK does not accept counts as missing. The answer throws what the default throws.
 */
export function loadConfig<T>(
  { environmentVariableSelector: fromVariables, default: otherwise }: Setting<T>,
  { signingName, logger }: { readonly signingName?: string; readonly logger?: object } = {},
): () => Promise<T> {
  const read = async (): Promise<T> => {
    const value = orMissing(() => fromVariables(process.env, { signingName, logger }));
    if (value !== undefined) return value;
    return typeof otherwise === 'function' ? (otherwise as () => T | Promise<T>)() : otherwise;
  };
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}

function orMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
