import { type Failure, type Handlers, nothing } from '../rest-json/rest-json.ts';
import { invalid, notFound } from './failures.ts';
import type { Tag } from './ota-update.ts';
import type { IotWorld, TagStore } from './world.ts';

const TAGS_PER_RESOURCE = 50;

/** Puts tags on a resource; new values replace old ones. Returns a failure if the resource would have too many tags. */
export function putTags(store: TagStore, arn: string, tags: readonly Tag[]): Failure | undefined {
  const merged = new Map(store.get(arn));
  for (const { Key, Value } of tags) merged.set(Key, Value ?? '');
  if (merged.size > TAGS_PER_RESOURCE) return invalid(`A resource has at most ${TAGS_PER_RESOURCE} tags`);
  if (merged.size > 0) store.set(arn, merged);
  return undefined;
}

/** TagResource, UntagResource, ListTagsForResource. */
export function tagHandlers(world: IotWorld): Handlers {
  const { tags, arns } = world;
  const exists = (arn: string) => {
    const name = arn.slice(arn.lastIndexOf('/') + 1);
    const known: readonly [string, boolean][] = [
      [arns.otaUpdate(name), world.otaUpdates.has(name)],
      [arns.job(name), world.jobs.get(name) !== undefined],
      [arns.stream(name), world.streams.get(name) !== undefined],
      [arns.thingGroup(name), world.registry.groups.has(name)],
    ];
    return known.some(([candidate, there]) => there && candidate === arn);
  };
  /** Whether the tags that a job was created with cannot be seen yet. */
  const areTooNew = (arn: string) => {
    const job = world.jobs.get(arn.slice(arn.lastIndexOf('/') + 1));
    const visibleAt = (job?.createdAt ?? 0) + world.assumptions.jobTagsVisibleAfterMilliseconds;
    return job !== undefined && arn === arns.job(job.spec.id) && world.clock.now() < visibleAt;
  };
  return {
    TagResource: (input: { resourceArn: string; tags: Tag[] }) => {
      if (!exists(input.resourceArn)) return notFound('Resource', input.resourceArn);
      return putTags(tags, input.resourceArn, input.tags) ?? nothing;
    },
    UntagResource: (input: { resourceArn: string; tagKeys: string[] }) => {
      if (!exists(input.resourceArn)) return notFound('Resource', input.resourceArn);
      for (const key of input.tagKeys) tags.get(input.resourceArn)?.delete(key);
      return nothing;
    },
    ListTagsForResource: (input: { resourceArn: string }) => {
      if (!exists(input.resourceArn)) return notFound('Resource', input.resourceArn);
      if (areTooNew(input.resourceArn)) return { output: { tags: [] } };
      return { output: { tags: [...(tags.get(input.resourceArn) ?? [])].map(([Key, Value]) => ({ Key, Value })) } };
    },
  };
}
