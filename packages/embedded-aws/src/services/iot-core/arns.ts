import { partitionOf } from '../../partition.ts';

/** The ARNs of one account and Region of AWS IoT. */
export type Arns = {
  thing(name: string): string;
  thingGroup(name: string): string;
  job(id: string): string;
  otaUpdate(id: string): string;
  stream(id: string): string;
  rule(name: string): string;
  /** The queue of this account and Region that a queue URL names. */
  queue(url: string): string;
  /** The thing or group that a job's target names; `undefined` if it is not one of this account and Region. */
  readTarget(arn: string): { readonly kind: 'thing' | 'thinggroup'; readonly name: string } | undefined;
};

/** Writes and reads the ARNs of an account and Region, which has its partition. */
export function createArns(region: string, accountId: string): Arns {
  const partition = partitionOf(region).name;
  const prefix = `arn:${partition}:iot:${region}:${accountId}:`;
  return {
    thing: (name) => `${prefix}thing/${name}`,
    thingGroup: (name) => `${prefix}thinggroup/${name}`,
    job: (id) => `${prefix}job/${id}`,
    otaUpdate: (id) => `${prefix}otaupdate/${id}`,
    stream: (id) => `${prefix}stream/${id}`,
    rule: (name) => `${prefix}rule/${name}`,
    queue: (url) => `arn:${partition}:sqs:${region}:${accountId}:${url.split('/').at(-1)}`,
    readTarget(arn) {
      const found = /^(thing|thinggroup)\/([a-zA-Z0-9:_-]{1,128})$/.exec(arn.startsWith(prefix) ? arn.slice(prefix.length) : '');
      if (found?.[2] === undefined) return undefined;
      return { kind: found[1] === 'thing' ? 'thing' : 'thinggroup', name: found[2] };
    },
  };
}
