import { type Handlers, nothing } from '../rest-json/rest-json.ts';
import { notFound } from './failures.ts';
import type { OtaTask } from './ota-task.ts';
import type { MiWorld } from './world.ts';

const TAGS_PER_RESOURCE = 50;

/** TagResource, UntagResource, ListTagsForResource. Only OTA tasks can have tags here. */
export function tagHandlers(world: MiWorld): Handlers {
  const find = (arn: string): OtaTask | undefined => {
    const task = world.tasks.get(arn.slice(arn.lastIndexOf('/') + 1));
    return task?.arn === arn ? task : undefined;
  };
  return {
    TagResource: (input: { ResourceArn: string; Tags: Record<string, string> }) => {
      const task = find(input.ResourceArn);
      if (task === undefined) return notFound('Resource', input.ResourceArn);
      const merged = new Map([...task.tags, ...Object.entries(input.Tags)]);
      if (merged.size > TAGS_PER_RESOURCE) {
        return { exception: 'InvalidRequestException', message: `A resource has at most ${TAGS_PER_RESOURCE} tags` };
      }
      for (const [key, value] of merged) task.tags.set(key, value);
      return nothing;
    },
    UntagResource: (input: { ResourceArn: string; TagKeys: string[] }) => {
      const task = find(input.ResourceArn);
      if (task === undefined) return notFound('Resource', input.ResourceArn);
      for (const key of input.TagKeys) task.tags.delete(key);
      return nothing;
    },
    ListTagsForResource: (input: { ResourceArn: string }) => {
      const task = find(input.ResourceArn);
      return task === undefined ? notFound('Resource', input.ResourceArn) : { output: { tags: Object.fromEntries(task.tags) } };
    },
  };
}
