import type { Shape } from 'aws-ota-models';
import { documentedOTAUpdateInput, documentedOtaTaskInput, isRecord } from 'aws-ota-models';
import * as z from 'zod';
import { channelsSchema } from '../domain/channels/schema.ts';
import { toJsonSchema } from './shape-schema.ts';

type Structure = Extract<Shape, { type: 'structure' }>;

const descriptions: Readonly<Record<string, string>> = {
  targets: 'ARNs of things and thing groups, at most 100',
  roleArn: 'The role that AWS IoT takes on to read the files and to create the job',
  description: 'Wins over the description of the release',
  protocols: 'How devices download: MQTT, HTTP or both',
  targetSelection: 'SNAPSHOT: the devices of now. CONTINUOUS: those that join a group later too',
  awsJobExecutionsRolloutConfig: 'How fast: a constant rate, or one that grows with success',
  awsJobPresignedUrlConfig: 'How long the URL of an HTTP download is valid, 60-3600 s',
  awsJobAbortConfig: 'When to stop. Without it the service adds criteria (unguarded: allow lifts that)',
  awsJobTimeoutConfig: 'How long a device may take, 1-10080 min. Without it the service adds one (unguarded: allow lifts that)',
  files: 'What the channel adds to a file: the entry with its fileName, then the one without fileName',
  additionalParameters: 'Kept with the update, not sent to devices',
  tags: 'Win over the tags of the release',
  OtaType: 'ONE_TIME takes Target, CONTINUOUS takes OtaTargetQueryString',
  Target: 'ARNs of managed things, at most 100',
  OtaTargetQueryString: 'Which managed things, now and later',
  Description: 'Letters, digits, blanks, - and _; wins over the description of the release',
  OtaMechanism: 'PUSH',
  Protocol: 'HTTP',
  TaskConfigurationId: 'Where managed integrations keep rate, abort criteria and timeout',
  OtaSchedulingConfig: 'StartTime and EndTime in UTC as YYYY-MM-DDTHH:mm; EndBehavior, MaintenanceWindows',
  OtaTaskExecutionRetryConfig: 'How often a device tries again, 0-10',
  Tags: 'Win over the tags of the release; at most 47',
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
  return { ...rest, description: `${description}, less what the release and the service give`, properties: Object.fromEntries(described) };
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
