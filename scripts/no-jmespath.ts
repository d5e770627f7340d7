/*
 * Replaces @aws-lambda-powertools/jmespath in the bundles. The lock names its key by one member, so the service needs no query language.
 */

/** The member that `expression` names, or null. @throws Error on any other expression of JMESPath */
export function search(expression: string, data: unknown): unknown {
  if (!/^\w+$/.test(expression)) throw new Error(`only the name of a member is supported, got ${expression}`);
  return (data as Readonly<Record<string, unknown>> | null)?.[expression] ?? null;
}

/** Powertools makes one of these for its settings. It has the functions of the query language, so here it has none. */
export class PowertoolsFunctions {}
