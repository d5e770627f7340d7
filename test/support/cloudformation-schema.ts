import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Template } from '../../scripts/compiled-template.ts';

type SpecDatabase = ReturnType<typeof loadAwsServiceSpecSync>;
type Property = { type: PropertyType; required?: boolean };
/** The types of the specification that occur in templates. */
type PropertyType =
  | { type: 'string' | 'integer' | 'number' | 'boolean' | 'date-time' | 'json' | 'null' | 'tag' }
  | { type: 'array' | 'map'; element: PropertyType }
  | { type: 'ref'; reference: { $ref: string } }
  | { type: 'union'; types: PropertyType[] };

let loaded: SpecDatabase | undefined;
const spec = (): SpecDatabase => {
  loaded ??= loadAwsServiceSpecSync();
  return loaded;
};

/** The pseudo parameters, which exist in every template. */
const PSEUDO = new Set([
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]);

/**
 * Checks a template against CloudFormation's own resource schemas. Returns one line for each unknown type or property, each
 * value of the wrong type, each missing property and each reference to something that does not exist.
 */
export function schemaViolations(template: Template & { Parameters?: Record<string, unknown> }): string[] {
  const circular = circularDependencies(template).map((ids) => `${ids.join(' > ')}: a circular dependency`);
  const ofResources = Object.entries(template.Resources).flatMap(([id, resource]) => {
    const [type] = spec().lookup('resource', 'cloudFormationType', 'equals', resource.Type);
    if (!type) return [`${id}: unknown type ${resource.Type}`];
    const depends = [resource.DependsOn ?? []].flat().filter((other) => !template.Resources[other]);
    const conditions = [resource.Condition ?? []].flat().filter((condition) => !template.Conditions?.[condition]);
    return [
      ...depends.map((other) => `${id}: depends on ${other}, which does not exist`),
      ...conditions.map((condition) => `${id}: condition ${condition} does not exist`),
      ...inObject(resource.Properties ?? {}, type.properties as Record<string, Property>, id),
      ...inReferences(resource.Properties ?? {}, template, id),
    ];
  });
  return [...ofResources, ...circular];
}

/** The resources of each circle in which every resource needs the next one to exist. CloudFormation refuses such a template. */
function circularDependencies({ Resources }: Template): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) circles.push([...path.slice(path.indexOf(id)), id]);
    if (path.includes(id) || done.has(id)) return;
    const { Properties, DependsOn = [] } = Resources[id] ?? {};
    for (const other of new Set([...[DependsOn].flat(), ...referencesOf(Properties)])) if (Resources[other]) visit(other, [...path, id]);
    done.add(id);
  };
  for (const id of Object.keys(Resources)) visit(id, []);
  return circles;
}

/** The logical ids that a value refers to. */
function referencesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, argument]) => {
    if (name === 'Ref') return [String(argument)];
    if (name === 'Fn::GetAtt') return [String([argument].flat()[0])];
    if (name === 'Fn::Sub') return [...JSON.stringify(argument).matchAll(/\$\{(\w+)[^}]*\}/g)].map(([, id = '']) => id);
    return referencesOf(argument);
  });
}

function inObject(value: unknown, properties: Record<string, Property>, path: string): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [`${path}: not an object`];
  const given = value as Record<string, unknown>;
  const missing = Object.entries(properties).filter(([name, property]) => property.required && !(name in given));
  return [
    ...missing.map(([name]) => `${path}.${name}: missing`),
    ...Object.entries(given).flatMap(([name, item]) => {
      const property = properties[name];
      return property ? inValue(item, property.type, `${path}.${name}`) : [`${path}.${name}: unknown property`];
    }),
  ];
}

function inValue(value: unknown, type: PropertyType, path: string): string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'string':
    case 'date-time':
      // CloudFormation converts numbers and booleans to text.
      return ['string', 'number', 'boolean'].includes(typeof value) ? [] : [`${path}: not a string`];
    case 'integer':
      return Number.isInteger(value) ? [] : [`${path}: not an integer`];
    case 'number':
      return typeof value === 'number' ? [] : [`${path}: not a number`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: not a boolean`];
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) => inValue(item, type.element, `${path}.${index}`))
        : [`${path}: not a list`];
    case 'map':
      return value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(value).flatMap(([key, item]) => inValue(item, type.element, `${path}.${key}`))
        : [`${path}: not a map`];
    case 'ref':
      return inObject(value, spec().get('typeDefinition', type.reference.$ref).properties as Record<string, Property>, path);
    case 'union': {
      const each = type.types.map((one) => inValue(value, one, path));
      return each.some((violations) => violations.length === 0) ? [] : (each[0] ?? []);
    }
    case 'tag':
      return inObject(
        value,
        { Key: { type: { type: 'string' }, required: true }, Value: { type: { type: 'string' }, required: true } },
        path,
      );
    default:
      return [];
  }
}

function inReferences(value: unknown, template: Template & { Parameters?: Record<string, unknown> }, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => inReferences(item, template, `${path}.${index}`));
  if (value === null || typeof value !== 'object') return [];
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return exists(String(argument), template, path);
  if (name === 'Fn::GetAtt') return hasAttribute((argument as string[]).join('.'), template, path);
  if (name === 'Fn::Sub')
    return [...String(argument).matchAll(/\$\{([^}!]+)\}/g)].flatMap(([, what = '']) =>
      what.includes('.') ? hasAttribute(what, template, path) : exists(what, template, path),
    );
  if (name === 'Fn::If') {
    const [condition = '', ...branches] = argument as string[];
    return [
      ...(template.Conditions?.[condition] ? [] : [`${path}: condition ${condition} does not exist`]),
      ...inReferences(branches, template, path),
    ];
  }
  return Object.entries(value).flatMap(([key, item]) => inReferences(item, template, `${path}.${key}`));
}

const exists = (id: string, template: Template & { Parameters?: Record<string, unknown> }, path: string): string[] =>
  PSEUDO.has(id) || template.Resources[id] || template.Parameters?.[id] ? [] : [`${path}: there is no ${id}`];

function hasAttribute(reference: string, template: Template, path: string): string[] {
  const [id = '', ...rest] = reference.split('.');
  const resource = template.Resources[id];
  if (!resource) return [`${path}: there is no ${id}`];
  const [type] = spec().lookup('resource', 'cloudFormationType', 'equals', resource.Type);
  return type && rest.join('.') in type.attributes ? [] : [`${path}: ${resource.Type} has no attribute ${rest.join('.')}`];
}

function isIntrinsic(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name?.startsWith('Fn::') === true);
}
