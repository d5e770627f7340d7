import { BlockList, isIP } from 'node:net';
import { AwsError } from '../aws-error.ts';

type Json = unknown;
type Test = (value: Json) => boolean;
/** A test of one place of an event. It gets the leaves at that place, an empty list if the place is missing. */
type LeafTest = (leaves: readonly Json[]) => boolean;
type NodeTest = (event: Json) => boolean;

const LARGEST_NUMBER = 5e9;

/**
 * Compiles an event pattern, with every operator that EventBridge documents, into a test of whole events.
 * @throws AwsError InvalidEventPatternException if it is not a pattern, for example because of an unknown operator
 */
export function compilePattern(text: string): (event: Json) => boolean {
  let pattern: Json;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  return compileObject(pattern, 'the pattern');
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compileObject(pattern: Json, where: string): NodeTest {
  if (!isObject(pattern)) throw invalid(`${where} must be an object`);
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalid(`${where} is empty`);
  const tests = entries.map(([key, value]) => (isOr(key, value) ? compileOr(value, where) : compileField(key, value, where)));
  // One element of an array of objects must satisfy all of them together.
  const test: NodeTest = (event) =>
    Array.isArray(event)
      ? event.some(test) || (event.length === 0 && tests.every((each) => each(undefined)))
      : tests.every((each) => each(event));
  return test;
}

function isOr(key: string, value: Json): value is Json[] {
  return key === '$or' && Array.isArray(value) && value.every(isObject);
}

function compileOr(alternatives: readonly Json[], where: string): NodeTest {
  if (alternatives.length < 2) throw invalid(`$or of ${where} needs at least two alternatives`);
  const tests = alternatives.map((alternative, index) => compileObject(alternative, `${where}.$or[${index}]`));
  return (event) => tests.some((test) => test(event));
}

function compileField(key: string, value: Json, where: string): NodeTest {
  const path = where === 'the pattern' ? key : `${where}.${key}`;
  const at = (event: Json) => (isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined);
  if (Array.isArray(value)) {
    const test = compileLeaf(value, path);
    return (event) => test(leavesOf(at(event)));
  }
  if (!isObject(value)) throw invalid(`${path} must be an object or an array`);
  const test = compileObject(value, path);
  return (event) => test(at(event));
}

function leavesOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function compileLeaf(alternatives: readonly Json[], path: string): LeafTest {
  if (alternatives.length === 0) throw invalid(`${path}: empty arrays are not allowed`);
  const tests = alternatives.map((alternative) => compileAlternative(alternative, path));
  return (leaves) => tests.some((test) => test(leaves));
}

function compileAlternative(alternative: Json, path: string): LeafTest {
  if (Array.isArray(alternative)) throw invalid(`${path}: an array inside an array is not a match expression`);
  if (!isObject(alternative)) return anyOf((value) => value === alternative);
  const [operator, operand] = only(alternative, path);
  if (operator === 'exists') {
    if (typeof operand !== 'boolean') throw invalid(`${path}: exists must be either true or false`);
    return (leaves) => leaves.length > 0 === operand;
  }
  const compile = OPERATORS[operator];
  if (compile === undefined) throw invalid(`${path}: unrecognized match type ${operator}`);
  return anyOf(compile(operand, path));
}

function anyOf(test: Test): LeafTest {
  return (leaves) => leaves.some(test);
}

function only(expression: Record<string, Json>, path: string): [string, Json] {
  const entries = Object.entries(expression);
  const entry = entries[0];
  if (entry === undefined || entries.length > 1) throw invalid(`${path}: only one key allowed in a match expression`);
  return entry;
}

const OPERATORS: Readonly<Record<string, (operand: Json, path: string) => Test>> = {
  prefix: (operand, path) => affix(operand, path, 'prefix'),
  suffix: (operand, path) => affix(operand, path, 'suffix'),
  'equals-ignore-case': (operand, path) => ignoringCase(text(operand, path, 'equals-ignore-case')),
  wildcard: (operand, path) => wildcard(text(operand, path, 'wildcard'), path),
  cidr: (operand, path) => cidr(text(operand, path, 'cidr'), path),
  numeric,
  'anything-but': anythingBut,
};

function text(operand: Json, path: string, operator: string): string {
  if (typeof operand !== 'string') throw invalid(`${path}: ${operator} must be a string`);
  return operand;
}

function ignoringCase(wanted: string): Test {
  const folded = wanted.toLowerCase();
  return (value) => typeof value === 'string' && value.toLowerCase() === folded;
}

function affix(operand: Json, path: string, operator: 'prefix' | 'suffix'): Test {
  const has = (value: string, part: string) => (operator === 'prefix' ? value.startsWith(part) : value.endsWith(part));
  if (!isObject(operand)) {
    const part = text(operand, path, operator);
    return (value) => typeof value === 'string' && has(value, part);
  }
  const [inner, argument] = only(operand, path);
  if (inner !== 'equals-ignore-case') throw invalid(`${path}: unsupported ${operator} pattern ${inner}`);
  const part = text(argument, path, operator).toLowerCase();
  return (value) => typeof value === 'string' && has(value.toLowerCase(), part);
}

function wildcard(pattern: string, path: string): Test {
  const parts: string[] = [''];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    if (character === '\\') {
      if (next !== '*' && next !== '\\') throw invalid(`${path}: invalid escape character in wildcard`);
      parts.push(`${parts.pop()}${next}`);
      index += 1;
    } else if (character === '*') {
      if (next === '*') throw invalid(`${path}: consecutive wildcard characters`);
      parts.push('');
    } else parts.push(`${parts.pop()}${character}`);
  }
  return (value) => typeof value === 'string' && fits(value, parts);
}

/** Whether the parts occur in order, the first at the start and the last at the end. It does not backtrack. */
function fits(value: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  if (parts.length === 1) return value === first;
  const last = parts.at(-1) ?? '';
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return from <= value.length - last.length;
}

function cidr(block: string, path: string): Test {
  const [address, bits, ...rest] = block.split('/');
  const family = isIP(address ?? '');
  const most = family === 4 ? 32 : 128;
  if (address === undefined || family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '') || Number(bits) > most) {
    throw invalid(`${path}: malformed CIDR, an IP address and a number of bits are required`);
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), kind);
  return (value) => typeof value === 'string' && isIP(value) === family && list.check(value, kind);
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

function numeric(operand: Json, path: string): Test {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw invalid(`${path}: numeric must be an array of one or two comparisons`);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = COMPARISONS[String(operand[index])];
    const limit: Json = operand[index + 1];
    if (compare === undefined) throw invalid(`${path}: unrecognized numeric range operator ${String(operand[index])}`);
    if (typeof limit !== 'number' || Math.abs(limit) > LARGEST_NUMBER)
      throw invalid(`${path}: a numeric limit is a number between -5e9 and 5e9`);
    tests.push((value) => compare(value, limit));
  }
  if (operand.length === 4) {
    const [low, , high] = operand as [string, number, string, number];
    const range = low.startsWith('>') && high.startsWith('<');
    if (!range) throw invalid(`${path}: a numeric range is > or >=, then < or <=`);
    if (Number(operand[1]) >= Number(operand[3])) throw invalid(`${path}: bottom must be less than top`);
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function anythingBut(operand: Json, path: string): Test {
  if (!isObject(operand)) {
    const values = Array.isArray(operand) ? operand : [operand];
    const kind = typeof values[0];
    if (
      values.length === 0 ||
      values.some((value) => typeof value !== kind || (kind !== 'string' && kind !== 'number' && values[0] !== null && kind !== 'boolean'))
    ) {
      throw invalid(`${path}: anything-but takes a value or a list of values of one kind`);
    }
    return (value) => !values.includes(value);
  }
  const [inner, argument] = only(operand, path);
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(inner))
    throw invalid(`${path}: unsupported anything-but pattern ${inner}`);
  const list = Array.isArray(argument) ? argument : [argument];
  if (list.length === 0) throw invalid(`${path}: anything-but ${inner} must not be empty`);
  const tests = list.map((each) => {
    if (each === '') throw invalid(`${path}: anything-but ${inner} must not be empty`);
    return OPERATORS[inner]?.(each, path) ?? (() => false);
  });
  return (value) => !tests.some((test) => test(value));
}
