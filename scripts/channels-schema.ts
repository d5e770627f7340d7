import type { Shape } from 'aws-ota-models';
import { documentedOTAUpdateInput, documentedOtaTaskInput, isRecord } from 'aws-ota-models';
import * as z from 'zod';
import { channelsSchema } from '../domain/channels/schema.ts';
import { toJsonSchema } from './shape-schema.ts';

type Structure = Extract<Shape, { type: 'structure' }>;

const descriptions: Readonly<Record<string, string>> = {
  targets: 'ARNs of things and thing groups, at most 100.',
  roleArn: 'The role that AWS IoT assumes to read the files and to create the job.',
  description: 'Wins over the description of the release.',
  protocols: 'How devices download: MQTT, HTTP or both.',
  targetSelection: 'SNAPSHOT: devices that are in the groups now. CONTINUOUS: also devices that join later.',
  awsJobExecutionsRolloutConfig: 'How fast the rollout goes: at a constant rate, or at one that grows with success.',
  awsJobPresignedUrlConfig: 'How long the URL of an HTTP download is valid, 60 to 3600 seconds.',
  awsJobAbortConfig: 'When to stop. If it is missing, the service adds criteria, unless the channel sets unguarded: allow.',
  awsJobTimeoutConfig:
    'How long a device may take, 1 to 10080 minutes. If it is missing, the service adds a timeout, unless the channel sets unguarded: allow.',
  files: 'What the channel adds to a file. The entry with its fileName comes first, then the entry without fileName.',
  additionalParameters: 'AWS keeps them with the update. It does not send them to devices.',
  tags: 'They win over the tags of the release.',
  OtaType: 'ONE_TIME needs Target, CONTINUOUS needs OtaTargetQueryString.',
  Target: 'ARNs of managed things, at most 100.',
  OtaTargetQueryString: 'A query for managed things, those of now and those of later.',
  Description: 'Letters, digits, blanks, - and _. Wins over the description of the release.',
  OtaMechanism: 'Always PUSH.',
  Protocol: 'Always HTTP.',
  TaskConfigurationId: 'The task configuration, which has the rate, the abort criteria and the timeout.',
  OtaSchedulingConfig: 'The schedule. StartTime and EndTime are UTC, in the form YYYY-MM-DDTHH:mm.',
  OtaTaskExecutionRetryConfig: 'How often a device tries again, 0 to 10 times.',
  Tags: 'They win over the tags of the release. At most 47 together with those.',
};

/** The JSON Schema that editors use on channels.yml. Texts with a variable are not judged: only the service knows its value. */
export function channelsJsonSchema(): object {
  const schema = z.toJSONSchema(channelsSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { properties } = jsonSchema;
      if (!properties || !('createOTAUpdate' in properties)) return;
      properties['createOTAUpdate'] = template(documentedOTAUpdateInput, ['otaUpdateId'], ['roleArn'], 'The CreateOTAUpdate request');
      properties['createOtaTask'] = template(documentedOtaTaskInput, ['ClientToken', 'S3Url'], ['OtaType'], 'The CreateOtaTask request');
      jsonSchema.oneOf = [{ required: ['createOTAUpdate'] }, { required: ['createOtaTask'] }];
    },
  });
  return Object(allowVariables({ ...schema, title: 'channels.yml of OTA Dispatch' }));
}

function template(input: Structure, ours: readonly string[], required: readonly string[], description: string): Record<string, unknown> {
  const { properties, ...rest } = toJsonSchema({ ...input, required }) as { properties: Record<string, Record<string, unknown>> };
  const members = Object.entries(properties).filter(([name]) => !ours.includes(name));
  const described = members.map(([name, member]) => [
    name,
    withDescription(name === 'files' ? withoutLocation(member) : member, descriptions[name]),
  ]);
  return {
    ...rest,
    description: `${description}, without the members that the release or the service gives.`,
    properties: Object.fromEntries(described),
  };
}

function withDescription(member: object, description: string | undefined): object {
  return description === undefined ? member : { ...member, description };
}

/** Where a file lies is the release's to say. */
function withoutLocation(files: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { items } = files;
  if (!isRecord(items) || !isRecord(items['properties'])) throw new Error('files is a list of structures');
  const { fileLocation: _given, ...properties } = items['properties'];
  return { ...files, items: { ...items, properties } };
}

function allowVariables(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(allowVariables);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'pattern' && typeof inner === 'string' ? `(?:${inner})|\\$\\{` : allowVariables(inner),
    ]),
  );
}
