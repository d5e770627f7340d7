import { createHash } from 'node:crypto';
import { partitionOf } from './partition.ts';
import type { Surroundings } from './surroundings.ts';
import { intrinsicFunctions } from './template-functions.ts';
import { logicalNames, type Physical, physicalOf } from './template-names.ts';

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

export type Template = {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: Json }>>;
  readonly Mappings?: JsonObject;
  readonly Conditions?: JsonObject;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Condition?: string }>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: JsonObject; readonly Condition?: string }>>;
};

/** A resource of a template with everything resolved. */
export type Resource = { readonly logicalId: string; readonly type: string; readonly properties: JsonObject; readonly physical: Physical };

const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Resolves a compiled CloudFormation template: intrinsic functions, conditions, pseudo parameters, defaults. Names and
 * ARNs are derived from the properties, so no resource has to exist yet.
 * @throws on an unknown function or reference, and on a resource that refers to itself, and names it
 */
export function resolveTemplate(template: Template, surroundings: Surroundings): Resource[] {
  const conditions = new Map<string, boolean>();
  const physicals = new Map<string, Physical>();
  const underWay = new Set<string>();
  let resolving: string | undefined;
  const partition = partitionOf(surroundings.region);
  const stackId = `arn:${partition.name}:cloudformation:${surroundings.region}:${surroundings.accountId}:stack/${surroundings.stackName}/${createHash('md5').update(surroundings.stackName).digest('hex')}`;
  const pseudo: Readonly<Record<string, Json>> = {
    'AWS::AccountId': surroundings.accountId,
    'AWS::Region': surroundings.region,
    'AWS::Partition': partition.name,
    'AWS::StackName': surroundings.stackName,
    'AWS::StackId': stackId,
    'AWS::URLSuffix': partition.dnsSuffix,
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

  function refuseOwn(logicalId: string): void {
    if (logicalId === resolving) throw new Error(`circular dependency: the properties of ${logicalId} refer to ${logicalId} itself`);
  }

  function ref(name: string): Json {
    if (name in pseudo) return pseudo[name];
    refuseOwn(name);
    const parameter = template.Parameters?.[name];
    if (parameter === undefined) return physical(name).ref;
    const value = surroundings.parameters?.[name] ?? parameter.Default;
    if (value === undefined) throw new Error(`the parameter ${name} has no value`);
    return value;
  }

  function getAtt(logicalId: string, attribute: string): Json {
    refuseOwn(logicalId);
    const value = physical(logicalId).attributes[attribute];
    if (value === undefined) throw new Error(`${logicalId} (${template.Resources[logicalId]?.Type}) has no attribute ${attribute}`);
    return value;
  }

  const functions = intrinsicFunctions({ resolve, ref, getAtt, condition, holds, mappings: template.Mappings ?? {} });

  function resolve(value: Json): Json {
    if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== NO_VALUE);
    if (!isObject(value)) return value;
    const keys = Object.keys(value);
    const key = keys[0];
    if (keys.length === 1 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'))) {
      const evaluate = functions[key];
      if (evaluate === undefined) throw new Error(`the template uses ${key}, which is not implemented`);
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
    .map(([logicalId, resource]) => {
      const own = physical(logicalId);
      resolving = logicalId;
      const properties = resolve(resource.Properties ?? {}) as JsonObject;
      resolving = undefined;
      return { logicalId, type: resource.Type, properties, physical: own };
    });
}

/**
 * The outputs of a compiled template as text. An output is left out if its condition does not hold, or if it has an attribute
 * or a function that is not known here.
 */
export function resolveOutputs(template: Template, surroundings: Surroundings): Record<string, string> {
  const Type = 'EmbeddedAws::Output';
  const resolved = Object.entries(template.Outputs ?? {}).flatMap(([name, { Value, Condition }]): [string, string][] => {
    const asResource = { Type, Properties: { Value }, ...(Condition === undefined ? {} : { Condition }) };
    try {
      const resources = resolveTemplate({ ...template, Resources: { ...template.Resources, [`Output${name}`]: asResource } }, surroundings);
      return resources.filter(({ type }) => type === Type).map(({ properties }) => [name, String(properties['Value'])]);
    } catch {
      return [];
    }
  });
  return Object.fromEntries(resolved);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
