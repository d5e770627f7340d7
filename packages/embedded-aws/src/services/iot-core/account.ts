import { badToken, takePage } from '../rest-json/page.ts';
import { type Handlers, nothing } from '../rest-json/rest-json.ts';
import type { ServiceRequest } from '../service.ts';
import { alreadyExists, invalid, notFound } from './failures.ts';
import type { Tag } from './ota-update.ts';
import type { Stream } from './streams.ts';
import { putTags } from './tags.ts';
import type { IotWorld } from './world.ts';

const DEFAULT_PAGE = 25;
const ENDPOINT_TYPES = ['iot:Data', 'iot:Data-ATS', 'iot:CredentialProvider', 'iot:Jobs'];

/** Streams: CreateStream, DescribeStream, ListStreams, DeleteStream. */
export function streamHandlers(world: IotWorld): Handlers {
  const { arns, streams } = world;
  return {
    CreateStream: (input: { streamId: string; description?: string; files: Stream['files']; roleArn: string; tags?: Tag[] }) => {
      const arn = arns.stream(input.streamId);
      if (streams.get(input.streamId) !== undefined) return alreadyExists('Stream', input.streamId, arn);
      const refused = putTags(world.tags, arn, input.tags ?? []);
      if (refused !== undefined) return refused;
      const { streamId: id, description, files, roleArn } = input;
      const made = streams.add({ id, description, files, roleArn, createdAt: world.clock.now() });
      if ('code' in made) return { exception: 'LimitExceededException', message: made.message };
      return { output: { streamId: id, streamArn: arn, description, streamVersion: 1 } };
    },
    DescribeStream: ({ streamId }: { streamId: string }) => {
      const stream = streams.get(streamId);
      if (stream === undefined) return notFound('Stream', streamId);
      const { description, files, roleArn } = stream;
      const at = stream.createdAt / 1000;
      const streamInfo = {
        streamId,
        streamArn: arns.stream(streamId),
        streamVersion: 1,
        description,
        files,
        roleArn,
        createdAt: at,
        lastUpdatedAt: at,
      };
      return { output: { streamInfo } };
    },
    ListStreams: (input: { maxResults?: number; nextToken?: string; ascendingOrder?: boolean }) => {
      const oldestFirst = input.ascendingOrder === true;
      const wanted = oldestFirst ? streams.all() : streams.all().reverse();
      const place = (stream: Stream) => (oldestFirst ? stream.sequence : -stream.sequence);
      const page = takePage(wanted, place, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      const summaries = page.items.map(({ id, description }) => ({
        streamId: id,
        streamArn: arns.stream(id),
        streamVersion: 1,
        description,
      }));
      return { output: { streams: summaries, nextToken: page.nextToken } };
    },
    DeleteStream: ({ streamId }: { streamId: string }) => {
      if (streams.get(streamId) === undefined) return notFound('Stream', streamId);
      streams.remove(streamId);
      world.tags.delete(arns.stream(streamId));
      return nothing;
    },
  };
}

/** Account-wide settings: UpdateEventConfigurations, DescribeEventConfigurations, DescribeEndpoint. */
export function accountHandlers(world: IotWorld): Handlers {
  const configurations = world.eventConfigurations;
  let changedAt: number | undefined;
  const createdAt = world.clock.now();
  return {
    UpdateEventConfigurations: (input: { eventConfigurations?: Record<string, { Enabled?: boolean }> }) => {
      for (const [type, { Enabled }] of Object.entries(input.eventConfigurations ?? {}))
        configurations[type] = { Enabled: Enabled === true };
      changedAt = world.clock.now();
      return nothing;
    },
    DescribeEventConfigurations: () => ({
      output: {
        eventConfigurations: configurations,
        creationDate: createdAt / 1000,
        lastModifiedDate: (changedAt ?? createdAt) / 1000,
      },
    }),
    DescribeEndpoint: ({ endpointType }: { endpointType?: string }, request: ServiceRequest) => {
      if (endpointType !== undefined && !ENDPOINT_TYPES.includes(endpointType))
        return invalid(`endpointType is one of ${ENDPOINT_TYPES.join(', ')}`);
      return { output: { endpointAddress: new URL(request.endpoint).host } };
    },
  };
}
