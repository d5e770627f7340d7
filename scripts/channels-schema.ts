import type { Shape } from 'aws-ota-models';
import { documentedOtaTaskInput, isRecord } from 'aws-ota-models';
import * as z from 'zod';
import { jobTemplate } from '../domain/channels/create-job.ts';
import { otaUpdateTemplate } from '../domain/channels/create-ota-update.ts';
import { channelsSchema } from '../domain/channels/schema.ts';
import { portable } from './portable-schema.ts';
import { toJsonSchema } from './shape-schema.ts';

type Structure = Extract<Shape, { type: 'structure' }>;

const descriptions: Readonly<Record<string, string>> = {
  targets: 'ARNs of things and thing groups, at most 100.',
  roleArn: 'The role that AWS IoT takes on to read the files and to create the job.',
  description: 'Replaces the description of the release.',
  protocols: 'How devices download: MQTT, HTTP or both.',
  targetSelection: 'SNAPSHOT: the present devices of a group. CONTINUOUS: also devices that join the group later.',
  awsJobExecutionsRolloutConfig: 'The rate of the rollout: constant, or growing with success.',
  awsJobPresignedUrlConfig: 'How long the URL of an HTTP download is valid, 60-3600 s.',
  awsJobAbortConfig: 'When AWS stops the rollout. The service adds criteria if there are none, unless the channel sets unguarded: allow.',
  awsJobTimeoutConfig:
    'The minutes that a device may take, 1-10080. The service adds a timeout if there is none, unless the channel sets unguarded: allow.',
  files:
    'What the channel adds to a file. An entry with the fileName of the file wins over the entry without fileName. Both win over the release.',
  additionalParameters: 'AWS keeps them with the update and does not send them to devices.',
  tags: 'Each replaces the tag of the release with the same key.',
  presignedUrlConfig: 'The role with which AWS IoT signs the URLs of the artifacts, and how long a URL is valid, 60-3600 s.',
  jobExecutionsRolloutConfig: 'The rate of the rollout: constant, or growing with success.',
  abortConfig: 'When AWS stops the rollout. The service adds criteria if there are none, unless the channel sets unguarded: allow.',
  timeoutConfig:
    'The minutes that a device may take, 1-10080. The service adds a timeout if there is none, unless the channel sets unguarded: allow.',
  jobExecutionsRetryConfig: 'How often a device tries again after it failed or timed out, 0-10. A retry for TIMED_OUT needs timeoutConfig.',
  schedulingConfig:
    'startTime and endTime in UTC as YYYY-MM-DDTHH:mm, endBehavior, and maintenanceWindows, which need targetSelection CONTINUOUS.',
  namespaceId: 'Devices then listen on the topics of this namespace.',
  destinationPackageVersions: 'ARNs of package versions, at most 25. {version} stands for the version of the release.',
  OtaType: 'ONE_TIME takes Target, CONTINUOUS takes OtaTargetQueryString.',
  Target: 'ARNs of managed things, at most 100.',
  OtaTargetQueryString: 'The query for managed things. It also finds those that match later.',
  Description: 'Letters, digits, blanks, - and _. Replaces the description of the release.',
  OtaMechanism: 'PUSH',
  Protocol: 'HTTP',
  TaskConfigurationId: 'The task configuration of managed integrations with rate, abort criteria and timeout.',
  OtaSchedulingConfig: 'StartTime and EndTime in UTC as YYYY-MM-DDTHH:mm, EndBehavior and MaintenanceWindows.',
  OtaTaskExecutionRetryConfig: 'How often a device tries again, 0-10.',
  Tags: 'At most 47. Each replaces the tag of the release with the same key.',
};

/** The JSON Schema of channels.yml for editors. It accepts any text with a variable, because only the service knows the value. */
export function channelsJsonSchema(): object {
  const schema = z.toJSONSchema(channelsSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => {
      // Each list of channels.yml has different items, and neither products nor channels may be empty.
      if (jsonSchema.type === 'array') jsonSchema.uniqueItems = true;
      if (['products', 'channels'].includes(String(path.at(-1)))) jsonSchema.minProperties = 1;
      const { properties } = jsonSchema;
      if (!properties || !('createOTAUpdate' in properties)) return;
      properties['createOTAUpdate'] = template(otaUpdateTemplate, ['otaUpdateId'], ['roleArn'], 'The CreateOTAUpdate request');
      properties['createOtaTask'] = template(documentedOtaTaskInput, ['ClientToken', 'S3Url'], ['OtaType'], 'The CreateOtaTask request');
      properties['createJob'] = template(jobTemplate, [], ['presignedUrlConfig'], 'The CreateJob request');
      jsonSchema.oneOf = ['createOTAUpdate', 'createOtaTask', 'createJob'].map(has);
      const withDocument = { anyOf: ['createOtaTask', 'createJob'].map(has) };
      jsonSchema['dependentSchemas'] = { jobDocument: withDocument, artifactUrl: withDocument };
      jsonSchema['dependentRequired'] = { format: ['createJob'], createJob: ['format'] };
    },
  });
  return Object(allowVariables(portable({ ...schema, title: 'channels.yml of OTA Dispatch' })));
}

function has(member: string): { readonly properties: Record<string, boolean>; readonly required: string[] } {
  return { properties: { [member]: true }, required: [member] };
}

function template(
  input: Structure,
  setByService: readonly string[],
  required: readonly string[],
  description: string,
): Record<string, unknown> {
  const { properties, ...rest } = toJsonSchema({ ...input, required }) as { properties: Record<string, Record<string, unknown>> };
  const members = Object.entries(properties).filter(([name]) => !setByService.includes(name));
  const described = members.map(([name, member]) => [name, withDescription(member, descriptions[name])]);
  return {
    ...rest,
    description: `${description}, without the members that the release and the service set.`,
    properties: Object.fromEntries(described),
  };
}

function withDescription(member: object, description: string | undefined): object {
  return description === undefined ? member : { ...member, description };
}

/** `not` stays, because no variable has what it refuses. */
function allowVariables(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(allowVariables);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'pattern' && typeof inner === 'string' ? `(?:${inner})|\\$\\{` : name === 'not' ? inner : allowVariables(inner),
    ]),
  );
}
