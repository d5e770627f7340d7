import { isRecord } from 'aws-ota-models';

/** The type of the value of a member, by the name of the member: what generators of types call it. A list names the type of its items. */
const titles: Readonly<Record<string, string>> = {
  artifacts: 'Artifact',
  fileLocation: 'FileLocation',
  stream: 'StreamLocation',
  s3Location: 'S3Location',
  codeSigning: 'CodeSigning',
  customCodeSigning: 'CustomCodeSigning',
  counts: 'DeviceCounts',
  aws: 'AwsIds',
  errorInfo: 'AwsErrorInfo',
  by: 'SupersedingRelease',
  rejections: 'Rejection',
  reasons: 'Reason',
  holds: 'Hold',
  approvals: 'Approval',
  gate: 'Gate',
};

/** A copy of a JSON Schema in which the objects of known members have titles. */
export function titled<T>(value: T): T {
  if (Array.isArray(value)) return value.map(titled) as T;
  if (!isRecord(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, titled(inner)]));
  const properties = copy['properties'];
  if (isRecord(properties)) {
    for (const [name, title] of Object.entries(titles)) {
      const schema = properties[name];
      if (!isRecord(schema)) continue;
      if (schema['type'] === 'object') properties[name] = { title, ...schema };
      else if (isRecord(schema['items'])) properties[name] = { ...schema, items: { title, ...schema['items'] } };
    }
  }
  return copy as T;
}
