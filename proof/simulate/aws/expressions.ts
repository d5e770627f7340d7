import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;
export type Names = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, AttributeValue>>;

/** Whether a DynamoDB condition holds for an item, or for no item (`undefined`). Covers AND, OR, NOT, brackets, comparisons and functions. */
export function holds(expression: string, item: Item | undefined, names: Names = {}, values: Values = {}): boolean {
  const parsed = parse(expression);
  return evaluate(parsed, item, names, values);
}

type Node =
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not'; readonly of: Node }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: string; readonly right: string }
  | { readonly kind: 'call'; readonly name: string; readonly path: string; readonly argument: string | undefined };

const cache = new Map<string, Node>();

function parse(expression: string): Node {
  const known = cache.get(expression);
  if (known) return known;
  const tokens = expression.match(/<>|<=|>=|[=<>(),]|[#:]?[\w.]+/g) ?? [];
  let at = 0;
  const peek = () => tokens[at];
  const take = (): string => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) throw new SyntaxError(`ends too early: ${expression}`);
    return token;
  };
  const expect = (token: string): void => {
    const taken = take();
    if (taken !== token) throw new SyntaxError(`${taken} where ${token} was expected: ${expression}`);
  };
  const either = (): Node => {
    let left = both();
    while (peek() === 'OR') {
      take();
      left = { kind: 'or', left, right: both() };
    }
    return left;
  };
  const both = (): Node => {
    let left = one();
    while (peek() === 'AND') {
      take();
      left = { kind: 'and', left, right: one() };
    }
    return left;
  };
  const one = (): Node => {
    const token = take();
    if (token === 'NOT') return { kind: 'not', of: one() };
    if (token === '(') {
      const inner = either();
      expect(')');
      return inner;
    }
    if (peek() === '(') {
      take();
      const path = take();
      let argument: string | undefined;
      if (peek() === ',') {
        take();
        argument = take();
      }
      expect(')');
      return { kind: 'call', name: token, path, argument };
    }
    return { kind: 'compare', left: token, operator: take(), right: take() };
  };
  const parsed = either();
  if (at !== tokens.length) throw new SyntaxError(`goes on after its end: ${expression}`);
  cache.set(expression, parsed);
  return parsed;
}

function evaluate(node: Node, item: Item | undefined, names: Names, values: Values): boolean {
  const of = (operand: string) => lookUp(operand, item, names, values);
  switch (node.kind) {
    case 'and':
      return evaluate(node.left, item, names, values) && evaluate(node.right, item, names, values);
    case 'or':
      return evaluate(node.left, item, names, values) || evaluate(node.right, item, names, values);
    case 'not':
      return !evaluate(node.of, item, names, values);
    case 'call': {
      const value = of(node.path);
      if (node.name === 'attribute_exists') return value !== undefined;
      if (node.name === 'attribute_not_exists') return value === undefined;
      if (node.name === 'begins_with') return node.argument !== undefined && (value?.S?.startsWith(of(node.argument)?.S ?? '\0') ?? false);
      throw new SyntaxError(`unknown function ${node.name}`);
    }
    case 'compare': {
      const order = compare(of(node.left), of(node.right));
      if (order === undefined) return node.operator === '<>';
      if (node.operator === '=') return order === 0;
      if (node.operator === '<>') return order !== 0;
      if (node.operator === '<') return order < 0;
      if (node.operator === '<=') return order <= 0;
      if (node.operator === '>') return order > 0;
      if (node.operator === '>=') return order >= 0;
      throw new SyntaxError(`unknown operator ${node.operator}`);
    }
  }
}

function lookUp(operand: string, item: Item | undefined, names: Names, values: Values): AttributeValue | undefined {
  if (operand.startsWith(':')) {
    const value = values[operand];
    if (value === undefined) throw new SyntaxError(`no value ${operand}`);
    return value;
  }
  return item?.[operand.startsWith('#') ? (names[operand] ?? operand) : operand];
}

/** `undefined` if the types differ or a value is missing. Then no comparison holds. */
function compare(left: AttributeValue | undefined, right: AttributeValue | undefined): number | undefined {
  if (left?.N !== undefined && right?.N !== undefined) return Number(left.N) - Number(right.N);
  if (left?.S !== undefined && right?.S !== undefined) return left.S < right.S ? -1 : left.S > right.S ? 1 : 0;
  return undefined;
}
