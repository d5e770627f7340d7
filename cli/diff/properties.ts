import { isRecord } from 'aws-ota-models';
import type { JsonObject } from '../../domain/channels/template-shape.ts';
import { isSame, type NameOf, ordered, plain } from './plain.ts';
import type { Resource } from './template.ts';

/** A change of one value. `before` is undefined if it is new, `after` if it is gone. Functions in both are {@link plain}. */
export type PropertyChange = { readonly path: string; readonly before?: unknown; readonly after?: unknown };

/** The members that name the items of a list whose order means nothing. The first one that all items have decides. */
const names = ['Key', 'Id', 'Name', 'PolicyName', 'IndexName', 'AttributeName'];

/**
 * The values that differ between two plain values, each with its path, such as `Environment.Variables.LOG_LEVEL`. Items with a name
 * are compared by it, whatever their order. The items of a list of texts are each new or gone.
 */
export function changedValues(before: unknown, after: unknown, path = ''): readonly PropertyChange[] {
  if (isSame(before, after)) return [];
  if (isRecord(before) && isRecord(after)) return inMembers(before, after, (name) => (path === '' ? name : `${path}.${name}`));
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, next] = [byName(before), byName(after)];
    if (old !== undefined && next !== undefined) return inMembers(old, next, (name) => `${path}[${name}]`);
    if ([...before, ...after].every((item) => typeof item === 'string')) return inTexts(before, after, path);
    if (before.length === after.length) return before.flatMap((item, index) => changedValues(item, after[index], `${path}[${index}]`));
  }
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

/** The changes of a resource's properties and attributes, without the properties that `isLeftOut`. */
export function changedProperties(
  before: Resource,
  after: Resource,
  nameOf: NameOf,
  isLeftOut: (name: string) => boolean,
): readonly PropertyChange[] {
  const rest = (properties: JsonObject) => Object.fromEntries(Object.entries(properties).filter(([name]) => !isLeftOut(name)));
  const { Type: _old, Properties: old, ...attributes } = before;
  const { Type: _new, Properties: next, ...newAttributes } = after;
  return [
    ...changedValues(plain(rest(old), nameOf), plain(rest(next), nameOf)),
    ...changedValues(plain(listed(attributes), nameOf), plain(listed(newAttributes), nameOf)),
  ];
}

/** The attributes of a resource, with DependsOn as a sorted list. */
function listed({ DependsOn, ...attributes }: JsonObject): JsonObject {
  return DependsOn === undefined ? attributes : { ...attributes, DependsOn: [DependsOn].flat().map(String).sort() };
}

function inMembers(before: JsonObject, after: JsonObject, pathOf: (name: string) => string): readonly PropertyChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    changedValues(own(before, name), own(after, name), pathOf(name)),
  );
}

const own = (members: JsonObject, name: string) => (Object.hasOwn(members, name) ? members[name] : undefined);

function inTexts(before: readonly string[], after: readonly string[], path: string): readonly PropertyChange[] {
  const gone = before.filter((item) => !after.includes(item));
  const come = after.filter((item) => !before.includes(item));
  // Only the order or the number of equal items differs.
  if (gone.length + come.length === 0) return [{ path, before, after }];
  return [...gone.map((item) => ({ path, before: item })), ...come.map((item) => ({ path, after: item }))];
}

/** The items of a list by their names. Undefined if an item has none, or if two have the same. */
function byName(list: readonly unknown[]): JsonObject | undefined {
  const member = names.find((name) => list.every((item) => isRecord(item) && typeof item[name] === 'string'));
  if (member === undefined) return undefined;
  const named = list.map((item) => [String((item as JsonObject)[member]), item] as const);
  return new Set(named.map(([name]) => name)).size === named.length ? Object.fromEntries(named) : undefined;
}

/** A value in one line. A text is as it is, and every other value is JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : ordered(value);
}
