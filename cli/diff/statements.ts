import { isRecord } from 'aws-ota-models';
import type { JsonObject } from '../../domain/channels/template-shape.ts';
import { ordered } from './plain.ts';
import { listOf } from './template.ts';

/**
 * A statement of a policy with every list sorted and every value as text. `allows` to whom and what the members of the statement that
 * are lists refer to is by their own names, such as `Action` and `NotPrincipal`.
 */
export type Statement = {
  readonly sid?: string;
  readonly effect: string;
  /** The lists by their names in the policy: Principal, NotPrincipal, Action, NotAction, Resource and NotResource. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** The values of each condition by `OPERATOR KEY`. */
  readonly conditions: Readonly<Record<string, readonly string[]>>;
  /** Members that IAM does not define, as JSON. */
  readonly others: Readonly<Record<string, string>>;
};

/** The lists of a statement, in the order in which a person reads them. */
export const listNames = ['Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource'] as const;

/** A change of one statement. `before` is undefined if it is new, `after` if it is gone. */
export type StatementChange = { readonly before?: Statement; readonly after?: Statement };

/** The statement in a policy whose intrinsic functions are {@link plain}. A value of a wrong type is taken as its JSON text. */
export function statementOf(value: unknown): Statement {
  const members: JsonObject = isRecord(value) ? value : { Statement: value };
  const lists: Record<string, readonly string[]> = {};
  const others: Record<string, string> = {};
  for (const [name, member] of Object.entries(members)) {
    if (name === 'Principal' || name === 'NotPrincipal') lists[name] = principals(member);
    else if ((listNames as readonly string[]).includes(name)) lists[name] = texts(member);
    else if (!['Sid', 'Effect', 'Condition'].includes(name)) others[name] = textOf(member);
  }
  return {
    ...(members['Sid'] !== undefined && { sid: textOf(members['Sid']) }),
    effect: textOf(members['Effect'] ?? 'without Effect'),
    lists,
    conditions: conditions(members['Condition']),
    others,
  };
}

/**
 * What differs between the statements of two policies. The order of statements and of their lists does not matter. A statement
 * that changed is found by its Sid, or else by its effect and its actions or its resources.
 */
export function changedStatements(before: readonly Statement[], after: readonly Statement[]): readonly StatementChange[] {
  const [gone, come] = withoutCommon(before, after);
  const changes: StatementChange[] = [];
  for (const isPair of pairings)
    for (const old of [...gone]) {
      const index = come.findIndex((statement) => isPair(old, statement));
      const [next] = index < 0 ? [] : come.splice(index, 1);
      if (next === undefined) continue;
      gone.splice(gone.indexOf(old), 1);
      changes.push({ before: old, after: next });
    }
  return [...changes, ...gone.map((statement) => ({ before: statement })), ...come.map((statement) => ({ after: statement }))];
}

const pairings: readonly ((one: Statement, other: Statement) => boolean)[] = [
  (one, other) => one.sid !== undefined && one.sid === other.sid,
  (one, other) => isAlike(one, other) && hasSame(one, other, 'Action'),
  (one, other) => isAlike(one, other) && hasSame(one, other, 'Resource'),
];

/** Statements with different names are different statements. */
const isAlike = (one: Statement, other: Statement) => one.effect === other.effect && (one.sid === undefined || other.sid === undefined);

const hasSame = (one: Statement, other: Statement, list: string) =>
  one.lists[list] !== undefined && ordered(one.lists[list]) === ordered(other.lists[list]);

function withoutCommon(before: readonly Statement[], after: readonly Statement[]): [Statement[], Statement[]] {
  const come = after.map((statement) => ({ statement, text: ordered(statement) }));
  const gone = before.filter((statement) => {
    const own = ordered(statement);
    const index = come.findIndex(({ text }) => text === own);
    if (index >= 0) come.splice(index, 1);
    return index < 0;
  });
  return [gone, come.map(({ statement }) => statement)];
}

function conditions(value: unknown): Record<string, readonly string[]> {
  if (value === undefined) return {};
  if (!isRecord(value)) return { Condition: texts(value) };
  const each = Object.entries(value).flatMap(([operator, keys]) =>
    isRecord(keys)
      ? Object.entries(keys).map(([key, values]) => [`${operator} ${key}`, texts(values)] as const)
      : [[operator, texts(keys)] as const],
  );
  return Object.fromEntries(each);
}

function principals(value: unknown): readonly string[] {
  if (!isRecord(value)) return texts(value);
  return Object.entries(value)
    .flatMap(([kind, names]) => texts(names).map((name) => `${kind} ${name}`))
    .sort();
}

const texts = (value: unknown): readonly string[] => [...new Set(listOf(value).map(textOf))].sort();
const textOf = (value: unknown): string => (typeof value === 'string' ? value : ordered(value));
