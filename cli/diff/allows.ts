import { listNames, type Statement, type StatementChange } from './statements.ts';

/** What a change of a policy means: it allows more, it allows less, or nobody can tell from the text alone. */
export type Allows = 'more' | 'less' | 'unclear';

/**
 * What a change of a statement means for what its policy allows. `more` and `less` are sure only as far as texts can be compared: a
 * wildcard may cover what was added. Everything that two texts do not decide is `unclear`.
 */
export function allowsOf({ before, after }: StatementChange): Allows {
  const directions = new Set<Direction>();
  if (before === undefined || after === undefined) directions.add(after === undefined ? 'narrower' : 'wider');
  else if (before.effect !== after.effect) return after.effect === 'Allow' ? 'more' : after.effect === 'Deny' ? 'less' : 'unclear';
  else for (const direction of changesOf(before, after)) directions.add(direction);
  const [direction, another] = directions;
  if (direction === undefined || another !== undefined || direction === 'unclear') return 'unclear';
  const effect = (after ?? before)?.effect;
  if (effect !== 'Allow' && effect !== 'Deny') return 'unclear';
  return (direction === 'wider') === (effect === 'Allow') ? 'more' : 'less';
}

/** Whether a statement applies to more requests than before. */
type Direction = 'wider' | 'narrower' | 'unclear';

function changesOf(before: Statement, after: Statement): readonly Direction[] {
  return [
    ...listNames.flatMap((name) => inList(name, before.lists[name], after.lists[name])),
    ...unique(before.conditions, after.conditions).flatMap((name) => inCondition(name, before.conditions[name], after.conditions[name])),
    ...unique(before.others, after.others).flatMap((name) => (before.others[name] === after.others[name] ? [] : (['unclear'] as const))),
  ];
}

const unique = (one: object, other: object) => [...new Set([...Object.keys(one), ...Object.keys(other)])];

type List = readonly string[] | undefined;

function inList(name: string, before: List, after: List): readonly Direction[] {
  if (before === undefined && after === undefined) return [];
  // Without Action or NotAction a statement says something else.
  if (before === undefined || after === undefined) return ['unclear'];
  return name.startsWith('Not') ? turned(grown(before, after)) : grown(before, after);
}

/** Operators whose condition is met by more requests if it has more values. Their negations are met by fewer. */
const positive = /^(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)(?:IfExists)?$/;
const negative = /^(?:StringNotEquals|StringNotEqualsIgnoreCase|StringNotLike|ArnNotEquals|ArnNotLike|NotIpAddress)(?:IfExists)?$/;

function inCondition(name: string, before: List, after: List): readonly Direction[] {
  // Every condition of a statement must be met, so one more leaves fewer requests.
  if (before === undefined || after === undefined) return [before === undefined ? 'narrower' : 'wider'];
  const directions = grown(before, after);
  const operator = (name.split(' ', 1)[0] ?? '').replace(/^For(?:AnyValue|AllValues):/, '');
  if (directions.length === 0 || positive.test(operator)) return directions;
  return negative.test(operator) ? turned(directions) : ['unclear'];
}

function grown(before: readonly string[], after: readonly string[]): readonly Direction[] {
  return [
    ...(after.some((item) => !before.includes(item)) ? (['wider'] as const) : []),
    ...(before.some((item) => !after.includes(item)) ? (['narrower'] as const) : []),
  ];
}

const turned = (directions: readonly Direction[]): readonly Direction[] =>
  directions.map((direction) => (direction === 'wider' ? 'narrower' : 'wider'));
