import { randomUUID } from 'node:crypto';
import { createDevices, type Devices } from '../../fleet/devices.ts';
import type { Clock } from '../service.ts';
import type { Arns } from './arns.ts';
import type { IotCoreAssumptions } from './assumptions.ts';

export type Thing = {
  readonly name: string;
  readonly sequence: number;
  readonly id: string;
  readonly device: number;
  readonly typeName: string | undefined;
  readonly billingGroupName: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: Set<string>;
  readonly version: number;
};

export type Group = {
  readonly name: string;
  readonly sequence: number;
  readonly id: string;
  readonly parent: string | undefined;
  readonly properties: { readonly thingGroupDescription?: string; readonly attributePayload?: object };
  readonly createdAt: number;
  /** Device numbers of direct members. */
  readonly members: Set<number>;
  readonly version: number;
};

/** Things, groups, and the devices behind a job's target. */
export type Registry = {
  readonly things: Map<string, Thing>;
  readonly groups: Map<string, Group>;
  readonly devices: Devices;
  addThing(name: string, given: Pick<Thing, 'typeName' | 'billingGroupName' | 'attributes'>): Thing;
  addGroup(name: string, given: Pick<Group, 'parent' | 'properties' | 'createdAt'>): Group;
  removeThing(thing: Thing): void;
  /** Removes a group that has no child groups. Its things leave it. */
  removeGroup(group: Group): void;
  /** Puts a thing into a group. */
  join(thing: Thing, group: Group): void;
  leave(thing: Thing, group: Group): void;
  /** The groups above, the parent first. */
  ancestors(group: Group): Group[];
  /** The group and everything below it. */
  withDescendants(group: Group): Group[];
  /** Whether a job may target the ARN. */
  isTarget(arn: string): boolean;
  /** The devices behind a target, each once. An ARN that is not a target has no devices. */
  membersOf(arn: string): Iterable<number>;
  /** Calls `listener` when a device joins or leaves a target, with the target's ARN. */
  onMembership(listener: (change: 'join' | 'leave', targetArn: string, device: number) => void): void;
};

/** An empty registry. `unregisteredTargets` decides about names that are not registered. */
export function createRegistry(
  arns: Arns,
  clock: Clock,
  assumptions: Pick<IotCoreAssumptions, 'unregisteredTargets' | 'simulatedGroupSize' | 'membershipLagMilliseconds'>,
): Registry {
  const things = new Map<string, Thing>();
  const groups = new Map<string, Group>();
  const children = new Map<string, Group[]>();
  const devices = createDevices();
  const listeners: ((change: 'join' | 'leave', targetArn: string, device: number) => void)[] = [];
  const simulated = assumptions.unregisteredTargets === 'simulated';
  let sequence = 0;

  const ancestors = (group: Group): Group[] => {
    const parent = group.parent === undefined ? undefined : groups.get(group.parent);
    return parent === undefined ? [] : [parent, ...ancestors(parent)];
  };
  const withDescendants = (group: Group): Group[] => [group, ...(children.get(group.name) ?? []).flatMap(withDescendants)];
  const report = (change: 'join' | 'leave', group: Group, device: number) => {
    for (const one of [group, ...ancestors(group)]) for (const listener of listeners) listener(change, arns.thingGroup(one.name), device);
  };
  /** Memberships are eventually consistent: jobs and lists may notice them later than the thing itself. */
  const afterLag = (work: () => void) => {
    if (assumptions.membershipLagMilliseconds > 0) clock.after(assumptions.membershipLagMilliseconds, work);
    else work();
  };
  const leave = (thing: Thing, group: Group) => {
    if (!thing.groups.delete(group.name)) return;
    afterLag(() => {
      if (!thing.groups.has(group.name) && group.members.delete(thing.device)) report('leave', group, thing.device);
    });
  };

  return {
    things,
    groups,
    devices,
    addThing(name, given) {
      const thing: Thing = {
        ...given,
        name,
        sequence: sequence++,
        id: randomUUID(),
        device: devices.numberOf(name),
        groups: new Set(),
        version: 1,
      };
      things.set(name, thing);
      return thing;
    },
    addGroup(name, given) {
      const group: Group = { ...given, name, sequence: sequence++, id: randomUUID(), members: new Set(), version: 1 };
      groups.set(name, group);
      if (given.parent !== undefined) children.set(given.parent, [...(children.get(given.parent) ?? []), group]);
      return group;
    },
    removeThing(thing) {
      for (const name of thing.groups) {
        const group = groups.get(name);
        if (group) leave(thing, group);
      }
      things.delete(thing.name);
      for (const listener of listeners) listener('leave', arns.thing(thing.name), thing.device);
    },
    removeGroup(group) {
      for (const device of [...group.members]) {
        const thing = things.get(devices.nameOf(device));
        if (thing) leave(thing, group);
      }
      groups.delete(group.name);
      if (group.parent !== undefined) {
        children.set(
          group.parent,
          (children.get(group.parent) ?? []).filter((one) => one !== group),
        );
      }
    },
    join(thing, group) {
      if (thing.groups.has(group.name)) return;
      thing.groups.add(group.name);
      afterLag(() => {
        if (!thing.groups.has(group.name) || group.members.has(thing.device)) return;
        group.members.add(thing.device);
        report('join', group, thing.device);
      });
    },
    leave,
    ancestors,
    withDescendants,
    isTarget(arn) {
      const target = arns.readTarget(arn);
      if (target === undefined) return false;
      return simulated || (target.kind === 'thing' ? things.has(target.name) : groups.has(target.name));
    },
    membersOf(arn) {
      const target = arns.readTarget(arn);
      if (target === undefined) return [];
      if (target.kind === 'thing') return things.has(target.name) || simulated ? [devices.numberOf(target.name)] : [];
      const group = groups.get(target.name);
      if (group) {
        const all = withDescendants(group);
        return all.length === 1 ? group.members : new Set(all.flatMap((one) => [...one.members]));
      }
      if (!simulated) return [];
      return Array.from({ length: assumptions.simulatedGroupSize }, (_, at) => devices.numberOf(`${target.name}-${at + 1}`));
    },
    onMembership: (listener) => {
      listeners.push(listener);
    },
  };
}
