import { AwsError } from './aws-error.ts';

/** The JSON that a member may have. The members of a structure are read by the same table; members without a kind are not checked. */
export type Kind =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'structure'
  | { readonly list: 'string' | 'structure' }
  | { readonly map: 'string' | 'structure' };

export type Kinds = Readonly<Record<string, Kind>>;

/** The members of a request, by name. */
export type JsonInput = Record<string, unknown>;

/**
 * A structure without its null members, at every depth, because AWS treats them as absent.
 * @throws SerializationException in AWS's words if a member has another type
 */
export function readStructure(value: unknown, kinds: Kinds): JsonInput {
  if (!isObject(value)) throw wrong(value, 'structure');
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === null) continue;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    members.push([name, kind === undefined ? member : readMember(member, kind, kinds)]);
  }
  return Object.fromEntries(members);
}

function readMember(value: unknown, kind: Kind, kinds: Kinds): unknown {
  if (kind === 'structure') return readStructure(value, kinds);
  if (typeof kind === 'string') return readScalar(value, kind);
  if ('list' in kind) {
    if (!Array.isArray(value)) throw wrong(value, 'list');
    return value.map((entry) => readMember(entry, kind.list, kinds));
  }
  if (!isObject(value)) throw wrong(value, 'map');
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, readMember(entry, kind.map, kinds)]));
}

function readScalar(value: unknown, kind: 'string' | 'integer' | 'number' | 'boolean'): unknown {
  const fits = kind === 'integer' ? Number.isSafeInteger(value) : typeof value === kind;
  if (!fits) throw wrong(value, kind);
  return value;
}

const TYPE_NAMES = { string: 'String', integer: 'Integer', number: 'Double', boolean: 'Boolean' } as const;

function wrong(value: unknown, expected: keyof typeof TYPE_NAMES | 'structure' | 'list' | 'map'): AwsError {
  if (typeof value === 'object' || expected === 'structure' || expected === 'list' || expected === 'map') {
    return new AwsError('SerializationException', 'Unexpected field type');
  }
  return new AwsError('SerializationException', `${(typeof value).toUpperCase()}_VALUE cannot be converted to ${TYPE_NAMES[expected]}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
