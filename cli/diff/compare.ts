import { type Code, withoutCode } from './code.ts';
import { changedPermissions, type PermissionChange, permissionProperties } from './permissions.ts';
import { isSame, type NameOf, plain } from './plain.ts';
import { changedProperties, changedValues, type PropertyChange } from './properties.ts';
import { type Fate, fateOf, nameIn } from './replacement.ts';
import type { Resource, Template } from './template.ts';

/** A resource that differs, without what {@link PermissionChange} says of it. */
export type ResourceChange = {
  readonly resource: string;
  readonly type: string;
  /** Its name at AWS, if the template gives one. */
  readonly name?: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** What becomes of it at AWS, if it does not simply change. */
  readonly fate?: Fate;
  readonly properties: readonly PropertyChange[];
};

/** A function that differs. `code` is `unknown` if one side does not tell what its code is. */
export type FunctionChange = ResourceChange & { readonly code: 'same' | 'changed' | 'unknown' };

export type OutputChange = Pick<ResourceChange, 'change' | 'properties'> & { readonly output: string };

/** All that differs between two templates. `--json` prints it as it is. */
export type Difference = {
  readonly permissions: readonly PermissionChange[];
  readonly resources: readonly ResourceChange[];
  readonly functions: readonly FunctionChange[];
  readonly outputs: readonly OutputChange[];
  /** The other members of the template, such as Description, Parameters and Conditions. */
  readonly template: readonly PropertyChange[];
  /** The functions that both have, and of whose code it is not known whether it changed: their names, or else their logical ids. */
  readonly codeUnknown: readonly string[];
};

/** A template, and what is known of the code of its functions. */
export type Side = { readonly template: Template; readonly code: Code };

/**
 * Compares two templates. The order of members, statements and named items does not matter, nor how a text is put together from
 * intrinsic functions. Versions of functions and the time in the key of a zip are only about the code, so they are left out.
 */
export function compare(before: Side, after: Side): Difference {
  const [old, next] = [withoutCode(before.template), withoutCode(after.template)];
  const nameOf = (id: string) => {
    const name = old.nameOf(id);
    return name === id ? next.nameOf(id) : name;
  };
  const [from, to] = [old.template, next.template];
  const ids = [...new Set([...from.resources.keys(), ...to.resources.keys()])];
  const codeOf = (id: string) => judgeCode(before.code.get(id), after.code.get(id));
  const changes = ids.flatMap((id): readonly { readonly change: ResourceChange; readonly code?: FunctionChange['code'] }[] => {
    const change = changeOf(id, from.resources.get(id), to.resources.get(id), nameOf);
    const isFunction = (to.resources.get(id) ?? from.resources.get(id))?.Type === FUNCTION;
    if (!isFunction) return change === undefined ? [] : [{ change }];
    const both = from.resources.has(id) && to.resources.has(id);
    const code = both ? codeOf(id) : 'unknown';
    if (change === undefined && code !== 'changed') return [];
    const resource = to.resources.get(id) as Resource;
    return [{ change: change ?? { ...headOf(id, resource, nameOf), change: 'changed' as const, properties: [] }, code }];
  });
  return {
    permissions: changedPermissions(from, to, nameOf),
    resources: changes.flatMap(({ change, code }) => (code === undefined ? [change] : [])),
    functions: changes.flatMap(({ change, code }) => (code === undefined ? [] : [{ ...change, code }])),
    outputs: changedOutputs(from.outputs, to.outputs, nameOf),
    template: changedValues(plain(from.rest, nameOf), plain(to.rest, nameOf)),
    codeUnknown: ids.flatMap((id) => {
      const [one, other] = [from.resources.get(id), to.resources.get(id)];
      if (one?.Type !== FUNCTION || other?.Type !== FUNCTION || codeOf(id) !== 'unknown') return [];
      return [nameIn(other, nameOf) ?? id];
    }),
  };
}

/** Whether nothing differs. Code that one side does not know does not count. */
export function isEmpty({ permissions, resources, functions, outputs, template }: Difference): boolean {
  return [permissions, resources, functions, outputs, template].every(({ length }) => length === 0);
}

const FUNCTION = 'AWS::Lambda::Function';

function judgeCode(before: string | undefined, after: string | undefined): FunctionChange['code'] {
  if (before === undefined || after === undefined) return 'unknown';
  return before === after ? 'same' : 'changed';
}

function headOf(resource: string, of: Resource, nameOf: NameOf): Pick<ResourceChange, 'resource' | 'type' | 'name'> {
  const name = nameIn(of, nameOf);
  return { resource, type: of.Type, ...(name !== undefined && { name }) };
}

function changeOf(id: string, before: Resource | undefined, after: Resource | undefined, nameOf: NameOf): ResourceChange | undefined {
  if (after === undefined) {
    const fate = before && fateOf(before, undefined, [], nameOf);
    return before && { ...headOf(id, before, nameOf), change: 'removed', ...(fate && { fate }), properties: [] };
  }
  const head = headOf(id, after, nameOf);
  if (before === undefined) {
    const permissions = permissionProperties(after);
    const nothing: Resource = { Type: after.Type, Properties: {} };
    return { ...head, change: 'added', properties: changedProperties(nothing, after, nameOf, (name) => permissions.includes(name)) };
  }
  const [old, next] = [permissionProperties(before), permissionProperties(after)];
  const isPermission = (name: string) =>
    [...old, ...next].includes(name) &&
    (before.Properties[name] === undefined || old.includes(name)) &&
    (after.Properties[name] === undefined || next.includes(name));
  const properties = changedProperties(before, after, nameOf, isPermission);
  if (before.Type !== after.Type)
    return {
      ...head,
      change: 'changed',
      fate: 'refused',
      properties: [{ path: 'Type', before: before.Type, after: after.Type }, ...properties],
    };
  if (properties.length === 0) return undefined;
  const fate = fateOf(before, after, changedNames(before, after, nameOf, isPermission), nameOf);
  return { ...head, change: 'changed', ...(fate && { fate }), properties };
}

/** The names of the top-level properties that differ. */
function changedNames(before: Resource, after: Resource, nameOf: NameOf, isLeftOut: (name: string) => boolean): readonly string[] {
  const names = new Set([...Object.keys(before.Properties), ...Object.keys(after.Properties)]);
  return [...names].filter(
    (name) => !isLeftOut(name) && !isSame(plain(before.Properties[name], nameOf), plain(after.Properties[name], nameOf)),
  );
}

function changedOutputs(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  nameOf: NameOf,
): readonly OutputChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((output) => {
    const [old, next] = [plain(before.get(output), nameOf), plain(after.get(output), nameOf)];
    const properties = changedValues(old ?? {}, next ?? {});
    if (old !== undefined && next !== undefined && properties.length === 0) return [];
    return [{ output, change: old === undefined ? 'added' : next === undefined ? 'removed' : 'changed', properties } as const];
  });
}
