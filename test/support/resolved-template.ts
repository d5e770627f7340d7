import type { Template } from '../../scripts/compiled-template.ts';

/** Where the template is pretended to be deployed. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
const PSEUDO: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::StackName': 'ota-dispatch',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * The template with every intrinsic function replaced by what CloudFormation would put there, as far as policies need it:
 * conditions count as true. Throws on an intrinsic or attribute it does not know.
 */
export function resolveTemplate(template: Template): Template {
  return { ...template, Resources: resolve(template.Resources, template, {}) as Template['Resources'] };
}

/** A value of a template with its intrinsic functions replaced; `parameters` are the template's own. */
export function resolve(value: unknown, template: Template, parameters: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, template, parameters));
  if (value === null || typeof value !== 'object') return value;
  const [entry, ...others] = Object.entries(value);
  if (entry && others.length === 0) {
    const [name, argument] = entry;
    if (name === 'Ref') return ref(String(argument), template, parameters);
    if (name === 'Fn::GetAtt') return attribute(argument as [string, string], template, parameters);
    if (name === 'Fn::Sub') return sub(String(argument), template, parameters);
    if (name === 'Fn::Join') {
      const [separator, parts] = resolve(argument, template, parameters) as [string, string[]];
      return parts.join(separator);
    }
    if (name === 'Fn::If') return resolve((argument as unknown[])[1], template, parameters);
    if (name.startsWith('Fn::')) throw new Error(`resolved-template does not know ${name}`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, template, parameters)]));
}

function sub(text: string, template: Template, parameters: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    const [id = '', attributeName] = name.split('.');
    return attributeName === undefined ? ref(id, template, parameters) : attribute([id, attributeName], template, parameters);
  });
}

function ref(id: string, template: Template, parameters: Readonly<Record<string, string>>): string {
  const known = PSEUDO[id] ?? parameters[id];
  if (known !== undefined) return known;
  const { name } = nameOf(id, template, parameters);
  return name;
}

function attribute([id, name]: [string, string], template: Template, parameters: Readonly<Record<string, string>>): string {
  const { type, name: physical, properties } = nameOf(id, template, parameters);
  if (name === 'QueueName') return physical;
  if (name !== 'Arn') throw new Error(`resolved-template does not know ${id}.${name}`);
  const regional = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
  if (type === 'AWS::SQS::Queue') return regional('sqs', physical);
  if (type === 'AWS::DynamoDB::Table') return regional('dynamodb', `table/${physical}`);
  if (type === 'AWS::S3::Bucket') return `arn:aws:s3:::${physical}`;
  if (type === 'AWS::IAM::Role') return `arn:aws:iam::${ACCOUNT}:role/${physical}`;
  if (type === 'AWS::Lambda::Function') return regional('lambda', `function:${physical}`);
  if (type === 'AWS::Events::EventBus') return regional('events', `event-bus/${physical}`);
  if (type === 'AWS::Events::Rule')
    return regional('events', properties['EventBusName'] ? `rule/${properties['EventBusName']}/${physical}` : `rule/${physical}`);
  if (type === 'AWS::KMS::Key') return regional('kms', `key/${physical}`);
  throw new Error(`resolved-template does not know the ARN of ${type}`);
}

const NAMES = ['QueueName', 'TableName', 'BucketName', 'RoleName', 'FunctionName', 'TopicName', 'Name'];

function nameOf(id: string, template: Template, parameters: Readonly<Record<string, string>>) {
  const resource = template.Resources[id];
  if (!resource) throw new Error(`no resource ${id}`);
  const given = NAMES.map((name) => resource.Properties?.[name]).find((name) => name !== undefined);
  return {
    type: resource.Type,
    properties: resource.Properties,
    name: given === undefined ? `ota-dispatch-${id}` : String(resolve(given, template, parameters)),
  };
}
