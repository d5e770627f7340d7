import type { Shape } from 'aws-ota-models';
import type { Model } from '../../rest-json/rest-json.ts';
import { description, flag, pageSize, paging, pagingQuery, registryName, roleArn, streamId, tagList, text, whole } from './scalars.ts';

const attributes: Shape = {
  type: 'map',
  key: { type: 'string', max: 128, pattern: /[a-zA-Z0-9_.,@/:#-]+/ },
  value: { type: 'string', max: 800, pattern: /[a-zA-Z0-9_.,@/:#=[\]-]*/ },
};
const attributePayload: Shape = { type: 'structure', members: { attributes, merge: flag } };
const membership = { thingGroupName: registryName, thingGroupArn: text, thingName: registryName, thingArn: text };

/** Things and thing groups of AWS IoT (API model 2015-05-28). */
export const registryModel: Model = {
  CreateThing: {
    method: 'POST',
    path: '/things/{thingName}',
    input: {
      type: 'structure',
      required: ['thingName'],
      members: { thingName: registryName, thingTypeName: registryName, attributePayload, billingGroupName: registryName },
    },
  },
  DescribeThing: {
    method: 'GET',
    path: '/things/{thingName}',
    input: { type: 'structure', required: ['thingName'], members: { thingName: registryName } },
  },
  ListThings: {
    method: 'GET',
    path: '/things',
    query: {
      ...pagingQuery,
      attributeName: 'attributeName',
      attributeValue: 'attributeValue',
      thingTypeName: 'thingTypeName',
      usePrefixAttributeValue: 'usePrefixAttributeValue',
    },
    input: {
      type: 'structure',
      members: {
        ...paging,
        attributeName: { type: 'string', max: 128, pattern: /[a-zA-Z0-9_.,@/:#-]+/ },
        attributeValue: { type: 'string', max: 800, pattern: /[a-zA-Z0-9_.,@/:#=[\]-]*/ },
        thingTypeName: registryName,
        usePrefixAttributeValue: flag,
      },
    },
  },
  DeleteThing: {
    method: 'DELETE',
    path: '/things/{thingName}',
    query: { expectedVersion: 'expectedVersion' },
    input: { type: 'structure', required: ['thingName'], members: { thingName: registryName, expectedVersion: whole } },
  },
  CreateThingGroup: {
    method: 'POST',
    path: '/thing-groups/{thingGroupName}',
    input: {
      type: 'structure',
      required: ['thingGroupName'],
      members: {
        thingGroupName: registryName,
        parentGroupName: registryName,
        thingGroupProperties: {
          type: 'structure',
          members: { thingGroupDescription: { type: 'string', max: 2028, pattern: /[!-~ ]*/ }, attributePayload },
        },
        tags: tagList,
      },
    },
  },
  DescribeThingGroup: {
    method: 'GET',
    path: '/thing-groups/{thingGroupName}',
    input: { type: 'structure', required: ['thingGroupName'], members: { thingGroupName: registryName } },
  },
  ListThingGroups: {
    method: 'GET',
    path: '/thing-groups',
    query: { ...pagingQuery, parentGroup: 'parentGroup', namePrefixFilter: 'namePrefixFilter', recursive: 'recursive' },
    input: {
      type: 'structure',
      members: { ...paging, parentGroup: registryName, namePrefixFilter: registryName, recursive: flag },
    },
  },
  DeleteThingGroup: {
    method: 'DELETE',
    path: '/thing-groups/{thingGroupName}',
    query: { expectedVersion: 'expectedVersion' },
    input: { type: 'structure', required: ['thingGroupName'], members: { thingGroupName: registryName, expectedVersion: whole } },
  },
  AddThingToThingGroup: {
    method: 'PUT',
    path: '/thing-groups/addThingToThingGroup',
    input: { type: 'structure', members: { ...membership, overrideDynamicGroups: flag } },
  },
  RemoveThingFromThingGroup: {
    method: 'PUT',
    path: '/thing-groups/removeThingFromThingGroup',
    input: { type: 'structure', members: membership },
  },
  ListThingsInThingGroup: {
    method: 'GET',
    path: '/thing-groups/{thingGroupName}/things',
    query: { ...pagingQuery, recursive: 'recursive' },
    input: { type: 'structure', required: ['thingGroupName'], members: { thingGroupName: registryName, recursive: flag, ...paging } },
  },
};

const eventType: Shape = {
  type: 'enum',
  values: [
    'THING',
    'THING_GROUP',
    'THING_TYPE',
    'THING_GROUP_MEMBERSHIP',
    'THING_GROUP_HIERARCHY',
    'THING_TYPE_ASSOCIATION',
    'JOB',
    'JOB_EXECUTION',
    'POLICY',
    'CERTIFICATE',
    'CA_CERTIFICATE',
  ],
};
const arnMember: Shape = { type: 'string' };

/** Tags, streams, event configurations and the endpoint of AWS IoT (API model 2015-05-28). */
export const accountModel: Model = {
  TagResource: {
    method: 'POST',
    path: '/tags',
    input: { type: 'structure', required: ['resourceArn', 'tags'], members: { resourceArn: arnMember, tags: tagList } },
  },
  UntagResource: {
    method: 'POST',
    path: '/untag',
    input: {
      type: 'structure',
      required: ['resourceArn', 'tagKeys'],
      members: {
        resourceArn: arnMember,
        tagKeys: { type: 'list', of: { type: 'string', min: 1, max: 128, pattern: /([\p{L}\p{Z}\p{N}_.:/=+\-@]*)/u } },
      },
    },
  },
  ListTagsForResource: {
    method: 'GET',
    path: '/tags',
    query: { resourceArn: 'resourceArn', nextToken: 'nextToken' },
    input: { type: 'structure', required: ['resourceArn'], members: { resourceArn: arnMember, nextToken: text } },
  },
  UpdateEventConfigurations: {
    method: 'PATCH',
    path: '/event-configurations',
    input: {
      type: 'structure',
      members: {
        eventConfigurations: { type: 'map', key: eventType, value: { type: 'structure', members: { Enabled: flag } } },
      },
    },
  },
  DescribeEventConfigurations: { method: 'GET', path: '/event-configurations', input: { type: 'structure', members: {} } },
  CreateStream: {
    method: 'POST',
    path: '/streams/{streamId}',
    input: {
      type: 'structure',
      required: ['streamId', 'files', 'roleArn'],
      members: {
        streamId,
        description,
        files: {
          type: 'list',
          min: 1,
          max: 50,
          of: {
            type: 'structure',
            members: {
              fileId: { type: 'integer', min: 0, max: 255 },
              s3Location: {
                type: 'structure',
                members: { bucket: { type: 'string', min: 1 }, key: { type: 'string', min: 1 }, version: text },
              },
            },
          },
        },
        roleArn,
        tags: tagList,
      },
    },
  },
  DescribeStream: {
    method: 'GET',
    path: '/streams/{streamId}',
    input: { type: 'structure', required: ['streamId'], members: { streamId } },
  },
  ListStreams: {
    method: 'GET',
    path: '/streams',
    query: { ...pagingQuery, isAscendingOrder: 'ascendingOrder' },
    input: { type: 'structure', members: { maxResults: pageSize, nextToken: text, ascendingOrder: flag } },
  },
  DeleteStream: {
    method: 'DELETE',
    path: '/streams/{streamId}',
    input: { type: 'structure', required: ['streamId'], members: { streamId } },
  },
  DescribeEndpoint: {
    method: 'GET',
    path: '/endpoint',
    query: { endpointType: 'endpointType' },
    input: { type: 'structure', members: { endpointType: { type: 'string', max: 128, pattern: /[\s\S]*/ } } },
  },
};
