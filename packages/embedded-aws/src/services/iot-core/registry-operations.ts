import { isDeepStrictEqual } from 'node:util';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Failure, type Handlers, nothing } from '../rest-json/rest-json.ts';
import { alreadyExists, invalid, notFound } from './failures.ts';
import type { Tag } from './ota-update.ts';
import type { Group, Registry, Thing } from './registry.ts';
import { putTags } from './tags.ts';
import type { IotWorld } from './world.ts';

const DEFAULT_PAGE = 25;
const GROUPS_OF_THING_MAX = 10;

type Attributes = Readonly<Record<string, string>>;
type Membership = { thingGroupName?: string; thingGroupArn?: string; thingName?: string; thingArn?: string };
type Paging = { maxResults?: number; nextToken?: string };

/** Things: CreateThing, DescribeThing, ListThings, DeleteThing. */
export function thingHandlers(world: IotWorld): Handlers {
  const { arns, registry } = world;
  return {
    CreateThing: (input: {
      thingName: string;
      thingTypeName?: string;
      billingGroupName?: string;
      attributePayload?: { attributes?: Attributes };
    }) => {
      const wanted = {
        typeName: input.thingTypeName,
        billingGroupName: input.billingGroupName,
        attributes: input.attributePayload?.attributes ?? {},
      };
      const existing = registry.things.get(input.thingName);
      if (existing !== undefined && !isSame(existing, wanted)) return alreadyExists('Thing', input.thingName, arns.thing(input.thingName));
      const thing = existing ?? registry.addThing(input.thingName, wanted);
      return { output: { thingName: thing.name, thingArn: arns.thing(thing.name), thingId: thing.id } };
    },
    DescribeThing: ({ thingName }: { thingName: string }) => {
      const thing = registry.things.get(thingName);
      if (thing === undefined) return notFound('Thing', thingName);
      return {
        output: {
          defaultClientId: thing.name,
          thingName: thing.name,
          thingId: thing.id,
          thingArn: arns.thing(thing.name),
          thingTypeName: thing.typeName,
          attributes: thing.attributes,
          version: thing.version,
          billingGroupName: thing.billingGroupName,
        },
      };
    },
    ListThings: (
      input: Paging & { attributeName?: string; attributeValue?: string; thingTypeName?: string; usePrefixAttributeValue?: boolean },
    ) => {
      const wanted = [...registry.things.values()].filter((thing) => {
        if (input.thingTypeName !== undefined && thing.typeName !== input.thingTypeName) return false;
        if (input.attributeName === undefined) return true;
        const value = thing.attributes[input.attributeName];
        if (value === undefined || input.attributeValue === undefined) return value !== undefined;
        return input.usePrefixAttributeValue ? value.startsWith(input.attributeValue) : value === input.attributeValue;
      });
      const page = takePage(wanted, (thing) => thing.sequence, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      const things = page.items.map((thing) => ({
        thingName: thing.name,
        thingTypeName: thing.typeName,
        thingArn: arns.thing(thing.name),
        attributes: thing.attributes,
        version: thing.version,
      }));
      return { output: { things, nextToken: page.nextToken } };
    },
    DeleteThing: (input: { thingName: string; expectedVersion?: number }) => {
      const thing = registry.things.get(input.thingName);
      if (thing === undefined) return nothing;
      if (input.expectedVersion !== undefined && input.expectedVersion !== thing.version) return versionConflict(thing.version);
      registry.removeThing(thing);
      return nothing;
    },
  };
}

/** Thing groups: create, describe, list, delete, membership. */
export function thingGroupHandlers(world: IotWorld): Handlers {
  const { arns, registry } = world;
  const readMembership = (input: Membership): { thing: Thing; group: Group } | Failure => {
    const groupName = input.thingGroupName ?? nameIn(input.thingGroupArn);
    const thingName = input.thingName ?? nameIn(input.thingArn);
    if (groupName === undefined || thingName === undefined) return invalid('A thing and a thing group are required, by name or by ARN');
    const group = registry.groups.get(groupName);
    const thing = registry.things.get(thingName);
    if (group === undefined) return notFound('Thing group', groupName);
    return thing === undefined ? notFound('Thing', thingName) : { thing, group };
  };
  return {
    CreateThingGroup: (input: {
      thingGroupName: string;
      parentGroupName?: string;
      thingGroupProperties?: Group['properties'];
      tags?: Tag[];
    }) => {
      const { thingGroupName: name, parentGroupName: parent } = input;
      const arn = arns.thingGroup(name);
      const existing = registry.groups.get(name);
      const properties = input.thingGroupProperties ?? {};
      if (existing !== undefined && !isDeepStrictEqual([existing.parent, existing.properties], [parent, properties])) {
        return alreadyExists('Thing group', name, arn);
      }
      if (parent !== undefined && !registry.groups.has(parent)) return notFound('Thing group', parent);
      const refused = putTags(world.tags, arn, input.tags ?? []);
      if (refused !== undefined) return refused;
      const group = existing ?? registry.addGroup(name, { parent, properties, createdAt: world.clock.now() });
      return { output: { thingGroupName: name, thingGroupArn: arn, thingGroupId: group.id } };
    },
    DescribeThingGroup: ({ thingGroupName }: { thingGroupName: string }) => {
      const group = registry.groups.get(thingGroupName);
      if (group === undefined) return notFound('Thing group', thingGroupName);
      const above = registry.ancestors(group).reverse();
      return {
        output: {
          thingGroupName: group.name,
          thingGroupId: group.id,
          thingGroupArn: arns.thingGroup(group.name),
          version: group.version,
          thingGroupProperties: group.properties,
          thingGroupMetadata: {
            parentGroupName: group.parent,
            rootToParentThingGroups: above.map((one) => ({ groupName: one.name, groupArn: arns.thingGroup(one.name) })),
            creationDate: group.createdAt / 1000,
          },
        },
      };
    },
    ListThingGroups: (input: Paging & { parentGroup?: string; namePrefixFilter?: string; recursive?: boolean }) => {
      const parent = input.parentGroup === undefined ? undefined : registry.groups.get(input.parentGroup);
      if (input.parentGroup !== undefined && parent === undefined) return notFound('Thing group', input.parentGroup);
      const below = parent && new Set(registry.withDescendants(parent));
      const wanted = [...registry.groups.values()].filter((group) => {
        if (!group.name.startsWith(input.namePrefixFilter ?? '')) return false;
        if (below === undefined) return input.recursive !== false || group.parent === undefined;
        return group !== parent && below.has(group) && (input.recursive !== false || group.parent === parent?.name);
      });
      const page = takePage(wanted, (group) => group.sequence, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      const thingGroups = page.items.map((group) => ({ groupName: group.name, groupArn: arns.thingGroup(group.name) }));
      return { output: { thingGroups, nextToken: page.nextToken } };
    },
    DeleteThingGroup: (input: { thingGroupName: string; expectedVersion?: number }) => {
      const group = registry.groups.get(input.thingGroupName);
      if (group === undefined) return nothing;
      if (input.expectedVersion !== undefined && input.expectedVersion !== group.version) return versionConflict(group.version);
      if (registry.withDescendants(group).length > 1) return invalid(`Thing group ${group.name} has child groups`);
      registry.removeGroup(group);
      world.tags.delete(arns.thingGroup(group.name));
      return nothing;
    },
    AddThingToThingGroup: (input: Membership) => {
      const found = readMembership(input);
      if ('exception' in found) return found;
      const refused = checkMembership(registry, found.thing, found.group);
      if (refused !== undefined) return refused;
      registry.join(found.thing, found.group);
      return nothing;
    },
    RemoveThingFromThingGroup: (input: Membership) => {
      const found = readMembership(input);
      if ('exception' in found) return found;
      registry.leave(found.thing, found.group);
      return nothing;
    },
    ListThingsInThingGroup: (input: Paging & { thingGroupName: string; recursive?: boolean }) => {
      const group = registry.groups.get(input.thingGroupName);
      const arn = arns.thingGroup(input.thingGroupName);
      if (group === undefined && !registry.isTarget(arn)) return notFound('Thing group', input.thingGroupName);
      // What a job on the group reaches. Only a registered group can have child groups.
      const members = group === undefined || input.recursive ? registry.membersOf(arn) : group.members;
      const ordered = [...members].sort((a, b) => a - b);
      const page = takePage(ordered, (device) => device, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      return { output: { things: page.items.map((device) => registry.devices.nameOf(device)), nextToken: page.nextToken } };
    },
  };
}

function isSame(thing: Thing, wanted: Pick<Thing, 'typeName' | 'billingGroupName' | 'attributes'>): boolean {
  const { typeName, billingGroupName, attributes } = thing;
  return isDeepStrictEqual({ typeName, billingGroupName, attributes }, wanted);
}

/** A thing is in at most ten groups, and in one of those that have an ancestor in common (developer guide, "Static thing groups"). */
function checkMembership(registry: Registry, thing: Thing, group: Group): Failure | undefined {
  if (thing.groups.has(group.name)) return undefined;
  if (thing.groups.size >= GROUPS_OF_THING_MAX) return invalid(`A thing is in at most ${GROUPS_OF_THING_MAX} groups`);
  const above = new Set(registry.ancestors(group));
  const sibling = [...thing.groups].find((name) => {
    const other = registry.groups.get(name);
    return other !== undefined && registry.ancestors(other).some((one) => above.has(one));
  });
  return sibling === undefined ? undefined : invalid(`The thing is in ${sibling}, which shares a parent group with ${group.name}`);
}

function nameIn(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf('/') + 1);
}

function versionConflict(version: number): Failure {
  return { exception: 'VersionConflictException', message: `The version is ${version}` };
}
