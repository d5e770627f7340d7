import { createHash } from 'node:crypto';
import type { Surroundings } from './surroundings.ts';
import { logicalNames, type Physical, physicalOf } from './template-names.ts';

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

export type Template = {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: Json }>>;
  readonly Mappings?: JsonObject;
  readonly Conditions?: JsonObject;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: JsonObject; readonly Condition?: string }>>;
};

/** A resource of a template with nothing left to resolve. */
export type Resource = { readonly logicalId: string; readonly type: string; readonly properties: JsonObject; readonly physical: Physical };

const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Resolves a compiled CloudFormation template: intrinsic functions, conditions, pseudo parameters, defaults. Names and
 * ARNs are foretold from the properties, so nothing has to exist yet.
 * @throws on a function or a reference it does not know, naming it
 */
export function resolveTemplate(template: Template, surroundings: Surroundings): Resource[] {
  const conditions = new Map<string, boolean>();
  const physicals = new Map<string, Physical>();
  const underWay = new Set<string>();
  const stackId = `arn:aws:cloudformation:${surroundings.region}:${surroundings.accountId}:stack/${surroundings.stackName}/${createHash('md5').update(surroundings.stackName).digest('hex')}`;
  const pseudo: Readonly<Record<string, Json>> = {
    'AWS::AccountId': surroundings.accountId,
    'AWS::Region': surroundings.region,
    'AWS::Partition': 'aws',
    'AWS::StackName': surroundings.stackName,
    'AWS::StackId': stackId,
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::NotificationARNs': [],
    'AWS::NoValue': NO_VALUE,
  };

  function condition(name: string): boolean {
    const known = conditions.get(name);
    if (known !== undefined) return known;
    const definition = template.Conditions?.[name];
    if (definition === undefined) throw new Error(`the template has no condition ${name}`);
    const value = holds(definition);
    conditions.set(name, value);
    return value;
  }

  function holds(value: Json): boolean {
    if (isObject(value) && typeof value['Condition'] === 'string') return condition(value['Condition']);
    const resolved = resolve(value);
    return resolved === true || resolved === 'true';
  }

  function physical(logicalId: string): Physical {
    const known = physicals.get(logicalId);
    if (known !== undefined) return known;
    const resource = template.Resources[logicalId];
    if (resource === undefined) throw new Error(`the template has no resource ${logicalId}`);
    if (underWay.has(logicalId)) throw new Error(`the name of ${logicalId} depends on itself`);
    underWay.add(logicalId);
    const names: Record<string, Json> = {};
    for (const key of logicalNames(resource.Type)) names[key] = resolve(resource.Properties?.[key]);
    const found = physicalOf(resource.Type, logicalId, names, surroundings);
    underWay.delete(logicalId);
    physicals.set(logicalId, found);
    return found;
  }

  function ref(name: string): Json {
    if (name in pseudo) return pseudo[name];
    const parameter = template.Parameters?.[name];
    if (parameter === undefined) return physical(name).ref;
    const value = surroundings.parameters?.[name] ?? parameter.Default;
    if (value === undefined) throw new Error(`the parameter ${name} has no value`);
    return value;
  }

  function getAtt(logicalId: string, attribute: string): Json {
    const value = physical(logicalId).attributes[attribute];
    if (value === undefined) throw new Error(`${logicalId} (${template.Resources[logicalId]?.Type}) has no attribute ${attribute} here`);
    return value;
  }

  function substitute(text: string, own: JsonObject): string {
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      if (name in own) return String(resolve(own[name]));
      const dot = name.indexOf('.');
      return String(dot === -1 ? ref(name) : getAtt(name.slice(0, dot), name.slice(dot + 1)));
    });
  }

  const functions: Readonly<Record<string, (argument: Json) => Json>> = {
    Ref: (argument) => ref(String(argument)),
    'Fn::GetAtt'(argument) {
      const parts = Array.isArray(argument) ? argument : String(argument).split(/\.(.*)/);
      return getAtt(String(parts[0]), String(resolve(parts[1])));
    },
    'Fn::Sub': (argument) =>
      Array.isArray(argument) ? substitute(String(argument[0]), argument[1] as JsonObject) : substitute(String(argument), {}),
    'Fn::Join'(argument) {
      const [separator, list] = argument as [string, Json];
      return (resolve(list) as Json[]).join(separator);
    },
    'Fn::Split'(argument) {
      const [separator, text] = argument as [string, Json];
      return String(resolve(text)).split(separator);
    },
    'Fn::Select'(argument) {
      const [index, list] = argument as [Json, Json];
      const value = (resolve(list) as Json[])[Number(resolve(index))];
      if (value === undefined) throw new Error(`Fn::Select finds nothing at ${String(index)}`);
      return value;
    },
    'Fn::If'(argument) {
      const [name, yes, no] = argument as [string, Json, Json];
      return resolve(condition(name) ? yes : no);
    },
    'Fn::Equals'(argument) {
      const [one, other] = argument as [Json, Json];
      return JSON.stringify(resolve(one)) === JSON.stringify(resolve(other));
    },
    'Fn::And': (argument) => (argument as Json[]).every(holds),
    'Fn::Or': (argument) => (argument as Json[]).some(holds),
    'Fn::Not': (argument) => !holds((argument as Json[])[0]),
    'Fn::FindInMap'(argument) {
      const [map, first, second] = (argument as Json[]).map(resolve).map(String);
      const value = (template.Mappings?.[map ?? ''] as Readonly<Record<string, JsonObject>> | undefined)?.[first ?? '']?.[second ?? ''];
      if (value === undefined) throw new Error(`the mappings have no ${map}.${first}.${second}`);
      return value;
    },
    'Fn::Base64': (argument) => Buffer.from(String(resolve(argument))).toString('base64'),
    'Fn::ToJsonString': (argument) => JSON.stringify(resolve(argument)),
  };

  function resolve(value: Json): Json {
    if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== NO_VALUE);
    if (!isObject(value)) return value;
    const keys = Object.keys(value);
    const key = keys[0];
    if (keys.length === 1 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'))) {
      const evaluate = functions[key];
      if (evaluate === undefined) throw new Error(`the template uses ${key}, which is not known here`);
      return evaluate(value[key]);
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, inner]) => [name, resolve(inner)] as const)
        .filter(([, inner]) => inner !== NO_VALUE && inner !== undefined),
    );
  }

  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Condition === undefined || condition(resource.Condition))
    .map(([logicalId, resource]) => ({
      logicalId,
      type: resource.Type,
      properties: resolve(resource.Properties ?? {}) as JsonObject,
      physical: physical(logicalId),
    }));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
