import { matchesTopicFilter } from './topic-filter.ts';

/** A published message as a rule sees it. */
export type RuleMessage = { readonly topic: string; readonly payload: Readonly<Record<string, unknown>>; readonly now: number };

/** A compiled rule. */
export type RuleQuery = {
  /** The topic filter after FROM. */
  readonly topicPattern: string;
  /** What SELECT makes of the message. `undefined` if the topic or WHERE does not let it through. */
  select(message: RuleMessage): Record<string, unknown> | undefined;
};

/** The SQL of a rule is wrong, or uses what the embedded AWS does not have. `message` says which. */
export class RuleSqlError extends Error {}

type Expression = (message: RuleMessage) => unknown;
type Selected = { readonly name: string; readonly of: Expression } | 'all';
type Token = { readonly kind: 'word' | 'text' | 'number' | 'sign'; readonly text: string };

/** A function of SQL, with the numbers of arguments that it takes. */
type RuleFunction = { readonly takes: readonly number[]; run(message: RuleMessage, given: readonly unknown[]): unknown };

const FUNCTIONS: Readonly<Record<string, RuleFunction>> = {
  topic: {
    takes: [0, 1],
    run: ({ topic }, [at]) => (at === undefined ? topic : topic.split('/')[Number(at) - 1]),
  },
  startswith: {
    takes: [2],
    run: (_message, [text, start]) => (typeof text === 'string' && typeof start === 'string' ? text.startsWith(start) : undefined),
  },
  endswith: {
    takes: [2],
    run: (_message, [text, end]) => (typeof text === 'string' && typeof end === 'string' ? text.endsWith(end) : undefined),
  },
  timestamp: { takes: [0], run: ({ now }) => now },
};

const COMPARISONS: Readonly<Record<string, (one: never, other: never) => boolean>> = {
  '=': (one, other) => one === other,
  '<>': (one, other) => one !== other,
  '<': (one, other) => one < other,
  '>': (one, other) => one > other,
  '<=': (one, other) => one <= other,
  '>=': (one, other) => one >= other,
};

const LITERALS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
/** Far more than anybody writes. Deeper ones would outgrow the stack. */
const DEPTH_MAX = 100;
const KEYWORDS = ['select', 'from', 'where', 'as', 'and', 'or', 'not'];

/**
 * Compiles the SQL of a topic rule (developer guide, "AWS IoT SQL reference"). It has SELECT of `*`, members and functions, and FROM a topic
 * filter. It has WHERE with AND, OR, NOT and comparisons. A value that does not exist is left out of the result, and in WHERE it counts as
 * false. @throws RuleSqlError for anything else
 */
export function compileRuleSql(sql: string): RuleQuery {
  const parser = createParser(tokensOf(sql), sql);
  const selected = parser.selection();
  const topicPattern = parser.filter();
  const where = parser.where();
  return {
    topicPattern,
    select(message) {
      if (!matchesTopicFilter(topicPattern, message.topic)) return undefined;
      if (where !== undefined && where(message) !== true) return undefined;
      const result: Record<string, unknown> = {};
      for (const one of selected) {
        if (one === 'all') Object.assign(result, message.payload);
        else {
          const value = one.of(message);
          if (value !== undefined) result[one.name] = value;
        }
      }
      return result;
    },
  };
}

function tokensOf(sql: string): Token[] {
  const pattern = /\s+|'((?:[^']|'')*)'|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(<>|<=|>=|!=|[(),.*=<>])/y;
  const tokens: Token[] = [];
  while (pattern.lastIndex < sql.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(sql);
    if (found === null) throw new RuleSqlError(`The embedded AWS cannot read the SQL from here: ${sql.slice(at, at + 40)}`);
    const [, text, number, word, sign] = found;
    if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign === '!=' ? '<>' : sign });
  }
  return tokens;
}

function createParser(tokens: readonly Token[], sql: string) {
  let at = 0;
  let depth = 0;
  const here = (): Token | undefined => tokens[at];
  const isWord = (word: string) => here()?.kind === 'word' && here()?.text.toLowerCase() === word;
  const isSign = (sign: string) => here()?.kind === 'sign' && here()?.text === sign;
  const take = (holds: boolean): boolean => {
    if (holds) at += 1;
    return holds;
  };
  const fail = (wanted: string): RuleSqlError => new RuleSqlError(`${wanted} is expected before "${here()?.text ?? 'the end'}" in: ${sql}`);
  const need = (holds: boolean, wanted: string) => {
    if (!take(holds)) throw fail(wanted);
  };
  const name = (): string => {
    const token = here();
    if (token?.kind !== 'word' || KEYWORDS.includes(token.text.toLowerCase())) throw fail('a name');
    at += 1;
    return token.text;
  };

  function or(): Expression {
    const parts = [and()];
    while (take(isWord('or'))) parts.push(and());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : (message) => parts.some((part) => part(message) === true);
  }

  function and(): Expression {
    const parts = [not()];
    while (take(isWord('and'))) parts.push(not());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : (message) => parts.every((part) => part(message) === true);
  }

  function not(): Expression {
    depth += 1;
    if (depth > DEPTH_MAX) throw new RuleSqlError(`The embedded AWS reads expressions that are nested at most ${DEPTH_MAX} deep`);
    const expression = take(isWord('not')) ? negationOf(not()) : comparison();
    depth -= 1;
    return expression;
  }

  function comparison(): Expression {
    const left = primary();
    const sign = here()?.kind === 'sign' ? (here()?.text ?? '') : '';
    const compare = COMPARISONS[sign];
    if (compare === undefined) return left;
    at += 1;
    const right = primary();
    return (message) => {
      const [one, other] = [left(message), right(message)];
      return one === undefined || other === undefined ? undefined : compare(one as never, other as never);
    };
  }

  function primary(): Expression {
    const token = here();
    if (take(isSign('('))) {
      const inner = or();
      need(isSign(')'), ')');
      return inner;
    }
    if (token?.kind === 'text' || token?.kind === 'number') {
      at += 1;
      const value = token.kind === 'text' ? token.text : Number(token.text);
      return () => value;
    }
    const first = name();
    if (Object.hasOwn(LITERALS, first.toLowerCase())) return () => LITERALS[first.toLowerCase()];
    if (take(isSign('('))) return call(first);
    const path = [first];
    while (take(isSign('.'))) path.push(name());
    return ({ payload }) => path.reduce<unknown>((value, member) => memberOf(value, member), payload);
  }

  function call(given: string): Expression {
    const called = Object.hasOwn(FUNCTIONS, given.toLowerCase()) ? FUNCTIONS[given.toLowerCase()] : undefined;
    if (called === undefined)
      throw new RuleSqlError(`The embedded AWS has no function ${given} in SQL; it has ${Object.keys(FUNCTIONS).join(', ')}`);
    const parameters: Expression[] = [];
    while (!isSign(')')) {
      if (parameters.length > 0) need(isSign(','), 'a comma');
      parameters.push(or());
    }
    at += 1;
    if (!called.takes.includes(parameters.length))
      throw new RuleSqlError(`${given} takes ${called.takes.join(' or ')} arguments, not ${parameters.length}`);
    return (message) =>
      called.run(
        message,
        parameters.map((parameter) => parameter(message)),
      );
  }

  function selectedItem(): Selected {
    if (take(isSign('*'))) return 'all';
    const start = at;
    const of = or();
    if (take(isWord('as'))) return { name: name(), of };
    const [only] = tokens.slice(start, at);
    if (at - start === 1 && only?.kind === 'word') return { name: only.text, of };
    throw new RuleSqlError('The embedded AWS needs AS and a name after each expression of SELECT, because AWS documents no other name');
  }

  return {
    selection(): Selected[] {
      need(isWord('select'), 'SELECT');
      const items = [selectedItem()];
      while (take(isSign(','))) items.push(selectedItem());
      return items;
    },
    filter(): string {
      need(isWord('from'), 'FROM');
      const token = here();
      if (token?.kind !== 'text') throw fail("a topic filter in '…'");
      at += 1;
      return token.text;
    },
    where(): Expression | undefined {
      const condition = take(isWord('where')) ? or() : undefined;
      if (here() !== undefined) throw fail('the end');
      return condition;
    },
  };
}

function negationOf(negated: Expression): Expression {
  return (message) => {
    const value = negated(message);
    return typeof value === 'boolean' ? !value : undefined;
  };
}

function memberOf(value: unknown, member: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[member];
}
