import { partitionOf } from './partition.ts';
import type { Surroundings } from './surroundings.ts';

/** The name of a resource, and the values of `Ref` and `Fn::GetAtt` for it. */
export type Physical = { readonly name: string; readonly ref: string; readonly attributes: Readonly<Record<string, string>> };

type Naming = {
  /** The properties that the name is made of. The first one is the name itself. */
  readonly names: readonly string[];
  readonly physical: (name: string, properties: Readonly<Record<string, unknown>>, surroundings: Surroundings) => Omit<Physical, 'name'>;
};

const arnOf = (service: string, path: string, { region, accountId }: Surroundings) =>
  `arn:${partitionOf(region).name}:${service}:${region}:${accountId}:${path}`;

const NAMINGS: Readonly<Record<string, Naming>> = {
  'AWS::SQS::Queue': {
    names: ['QueueName'],
    physical(name, _properties, surroundings) {
      const url = `${surroundings.endpoint}/${surroundings.accountId}/${name}`;
      return { ref: url, attributes: { Arn: arnOf('sqs', name, surroundings), QueueName: name, QueueUrl: url } };
    },
  },
  'AWS::DynamoDB::Table': {
    names: ['TableName'],
    physical: (name, _properties, surroundings) => ({ ref: name, attributes: { Arn: arnOf('dynamodb', `table/${name}`, surroundings) } }),
  },
  'AWS::Events::EventBus': {
    names: ['Name'],
    physical: (name, _properties, surroundings) => ({
      ref: name,
      attributes: { Arn: arnOf('events', `event-bus/${name}`, surroundings), Name: name },
    }),
  },
  'AWS::Events::Rule': {
    names: ['Name', 'EventBusName'],
    physical(name, properties, surroundings) {
      const bus = String(properties['EventBusName'] ?? 'default')
        .split('/')
        .at(-1);
      const isDefault = bus === 'default';
      return {
        ref: isDefault ? name : `${bus}|${name}`,
        attributes: { Arn: arnOf('events', isDefault ? `rule/${name}` : `rule/${bus}/${name}`, surroundings) },
      };
    },
  },
  'AWS::S3::Bucket': {
    names: ['BucketName'],
    physical(name, _properties, { region }) {
      const partition = partitionOf(region);
      return {
        ref: name,
        attributes: {
          Arn: `arn:${partition.name}:s3:::${name}`,
          DomainName: `${name}.s3.${partition.dnsSuffix}`,
          RegionalDomainName: `${name}.s3.${region}.${partition.dnsSuffix}`,
        },
      };
    },
  },
  'AWS::Lambda::Function': {
    names: ['FunctionName'],
    physical: (name, _properties, surroundings) => ({ ref: name, attributes: { Arn: arnOf('lambda', `function:${name}`, surroundings) } }),
  },
  'AWS::IAM::Role': {
    names: ['RoleName', 'Path'],
    physical: (name, properties, { accountId, region }) => ({
      ref: name,
      attributes: {
        Arn: `arn:${partitionOf(region).name}:iam::${accountId}:role${String(properties['Path'] ?? '/')}${name}`,
        RoleId: `AROA${name}`,
      },
    }),
  },
  'AWS::Logs::LogGroup': {
    names: ['LogGroupName'],
    physical: (name, _properties, surroundings) => ({
      ref: name,
      attributes: { Arn: `${arnOf('logs', `log-group:${name}`, surroundings)}:*` },
    }),
  },
  'AWS::KMS::Key': {
    names: [],
    physical: (name, _properties, surroundings) => ({
      ref: name,
      attributes: { Arn: arnOf('kms', `key/${name}`, surroundings), KeyId: name },
    }),
  },
  'AWS::IoT::TopicRule': {
    names: ['RuleName'],
    physical: (name, _properties, surroundings) => ({ ref: name, attributes: { Arn: arnOf('iot', `rule/${name}`, surroundings) } }),
  },
  'AWS::SNS::Topic': {
    names: ['TopicName'],
    physical(name, _properties, surroundings) {
      const arn = arnOf('sns', name, surroundings);
      return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
    },
  },
};

/** Names that the service would refuse otherwise: no capitals in a bucket, no hyphens in a rule of AWS IoT. */
const NAMED_OTHERWISE: Readonly<Record<string, (generated: string) => string>> = {
  'AWS::S3::Bucket': (generated) => generated.toLowerCase(),
  'AWS::IoT::TopicRule': (generated) => generated.replace(/[^a-zA-Z0-9_]/g, '_'),
};

/** The properties that the physical name of a resource is made of. */
export function logicalNames(type: string): readonly string[] {
  return NAMINGS[type]?.names ?? ['Name'];
}

/** The name, `Ref` and attributes of a resource. A resource without a name of its own is named after the stack. */
export function physicalOf(
  type: string,
  logicalId: string,
  properties: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
): Physical {
  const naming = NAMINGS[type];
  const own = properties[naming?.names[0] ?? 'Name'];
  const generated = `${surroundings.stackName}-${logicalId}`;
  const name = typeof own === 'string' ? own : (NAMED_OTHERWISE[type]?.(generated) ?? generated);
  const service = type.split('::')[1]?.toLowerCase() ?? '';
  return {
    name,
    ...(naming?.physical(name, properties, surroundings) ?? { ref: name, attributes: { Arn: arnOf(service, name, surroundings) } }),
  };
}
