import { isRecord } from 'aws-ota-models';
import type { JsonObject } from '../../domain/channels/template-shape.ts';
import { type Allows, allowsOf } from './allows.ts';
import { isSame, type NameOf, ordered, plain } from './plain.ts';
import { changedStatements, type Statement, statementOf } from './statements.ts';
import { listOf, type Resource, type Template } from './template.ts';

/** A change of who may do what. Either statements or the values of a property are there, from `before` and `after`. */
export type PermissionChange = {
  /** The logical id of the resource that has the policy, and its type. */
  readonly resource: string;
  readonly type: string;
  /** Where in the resource: the path of a policy or of a property, such as `Policies.releases`. */
  readonly policy: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly allows: Allows;
  readonly before?: Statement | readonly string[];
  readonly after?: Statement | readonly string[];
};

/** Properties that decide who may do what, and are not policies. */
const deciding: Readonly<Record<string, readonly string[]>> = {
  'AWS::Events::EventBusPolicy': ['Action', 'Condition', 'Principal'],
  'AWS::IAM::AccessKey': ['UserName', 'Status'],
  'AWS::IAM::Group': ['ManagedPolicyArns'],
  'AWS::IAM::GroupPolicy': ['GroupName'],
  'AWS::IAM::InstanceProfile': ['Roles'],
  'AWS::IAM::LoginProfile': ['UserName'],
  'AWS::IAM::ManagedPolicy': ['Groups', 'Roles', 'Users'],
  'AWS::IAM::OIDCProvider': ['Url', 'ClientIdList', 'ThumbprintList'],
  'AWS::IAM::Policy': ['Groups', 'Roles', 'Users'],
  'AWS::IAM::Role': ['ManagedPolicyArns', 'PermissionsBoundary', 'MaxSessionDuration'],
  'AWS::IAM::RolePolicy': ['RoleName'],
  'AWS::IAM::SAMLProvider': ['SamlMetadataDocument', 'AddPrivateKey'],
  'AWS::IAM::User': ['Groups', 'LoginProfile', 'ManagedPolicyArns', 'PermissionsBoundary'],
  'AWS::IAM::UserPolicy': ['UserName'],
  'AWS::IAM::UserToGroupAddition': ['GroupName', 'Users'],
  'AWS::Lambda::Function': ['Role'],
  'AWS::Lambda::Url': ['AuthType', 'Cors'],
  'AWS::S3::Bucket': ['AccessControl', 'OwnershipControls', 'PublicAccessBlockConfiguration'],
  'AWS::S3::BucketPolicy': ['Bucket'],
  'AWS::SNS::TopicInlinePolicy': ['TopicArn'],
  'AWS::SNS::TopicPolicy': ['Topics'],
  'AWS::SQS::Queue': ['RedriveAllowPolicy'],
  'AWS::SQS::QueueInlinePolicy': ['Queue'],
  'AWS::SQS::QueuePolicy': ['Queues'],
};

/** More entries of these lists allow more. Of the other properties only a reader can tell. */
const granting = ['ManagedPolicyArns', 'Groups', 'Roles', 'Users'];

/** Resource types whose properties are one statement. */
const STATEMENT_TYPES: Readonly<Record<string, (properties: JsonObject) => JsonObject>> = {
  'AWS::Lambda::LayerVersionPermission': ({ LayerVersionArn, Principal, Action, ...conditions }) => ({
    Effect: 'Allow',
    Principal,
    Action,
    Resource: LayerVersionArn,
    ...(Object.keys(conditions).length > 0 && { Condition: { StringEquals: conditions } }),
  }),
  'AWS::Lambda::Permission': ({ FunctionName, Principal, Action, ...conditions }) => ({
    Effect: 'Allow',
    Principal,
    Action,
    Resource: FunctionName,
    ...(Object.keys(conditions).length > 0 && { Condition: { StringEquals: conditions } }),
  }),
};

type Found = { readonly policies: Map<string, readonly Statement[]>; readonly properties: Map<string, readonly string[]> };

/** What a resource allows: its policies by path, and the properties that decide, too. */
type Rights = { readonly [Part in keyof Found]: ReadonlyMap<string, Found[Part] extends Map<string, infer Each> ? Each : never> };

/** Every change of who may do what, by resource in the order of the templates. */
export function changedPermissions(before: Template, after: Template, nameOf: NameOf): readonly PermissionChange[] {
  const ids = new Set([...before.resources.keys(), ...after.resources.keys()]);
  return [...ids].flatMap((resource) => {
    const [old, next] = [before.resources.get(resource), after.resources.get(resource)];
    const type = (next ?? old)?.Type ?? '';
    const isOver = old !== undefined && next === undefined && isTargetGone(old, before, after);
    return changesIn(rightsOf(old, nameOf), rightsOf(next, nameOf)).map((change) => ({
      resource,
      type,
      ...change,
      ...(isOver && { allows: 'less' as const }),
    }));
  });
}

/** Properties of a policy that name what it is attached to. */
const targets = [
  'Bucket',
  'EventBusName',
  'FunctionName',
  'GroupName',
  'Groups',
  'Queue',
  'Queues',
  'RoleName',
  'Roles',
  'TopicArn',
  'Topics',
];

/**
 * Whether what a removed resource had a policy for is gone, too. Then even its Deny allows nothing more. What AWS keeps is not gone, nor
 * is what the stack does not have.
 */
function isTargetGone(removed: Resource, before: Template, after: Template): boolean {
  if (isKept(removed)) return false;
  if (!/(?:Policy|Permission)$/.test(removed.Type)) return true;
  const named = [...targets, 'UserName', 'Users'].flatMap((name) => listOf(plain(removed.Properties[name])));
  const isGone = (target: unknown) => {
    const id = /^\$\{([^!.}]+)[^}]*\}$/.exec(String(target))?.[1] ?? '';
    const resource = before.resources.get(id);
    return resource !== undefined && !isKept(resource) && !after.resources.has(id);
  };
  return named.length > 0 && named.every(isGone);
}

const isKept = ({ DeletionPolicy }: Resource) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete';

/** The names of the top-level properties of a resource that {@link changedPermissions} reports wholly. */
export function permissionProperties({ Type, Properties }: Resource): readonly string[] {
  if (Object.hasOwn(STATEMENT_TYPES, Type)) return Object.keys(Properties);
  const own = Object.hasOwn(deciding, Type) ? (deciding[Type] ?? []) : [];
  const statement = isPolicy(Properties) ? ['Statement'] : [];
  return [...own, ...statement, ...Object.keys(Properties).filter((name) => isOnlyPolicies(Properties[name]))];
}

/** Whether a value is a policy, or a list of named policies as of a role. */
function isOnlyPolicies(value: unknown): boolean {
  if (isPolicy(value)) return true;
  if (Array.isArray(value)) return value.every(isNamedPolicy);
  return isRecord(value) && Object.keys(value).length === 1 && isPolicy(value['PolicyDocument']);
}

const isNamedPolicy = (value: unknown): boolean =>
  isRecord(value) && isPolicy(value['PolicyDocument']) && Object.keys(value).every((name) => /^Policy(?:Name|Document)$/.test(name));

const isPolicy = (value: unknown): value is JsonObject => isRecord(value) && value['Statement'] !== undefined;

function rightsOf(resource: Resource | undefined, nameOf: NameOf): Rights {
  const found: Found = { policies: new Map(), properties: new Map() };
  if (resource === undefined) return found;
  const plainProperties = plain(resource.Properties, nameOf) as JsonObject;
  const statement = Object.hasOwn(STATEMENT_TYPES, resource.Type) ? STATEMENT_TYPES[resource.Type] : undefined;
  if (statement !== undefined) found.policies.set('', [statementOf(statement(plainProperties))]);
  else findPolicies(plainProperties, '', found);
  for (const name of Object.hasOwn(deciding, resource.Type) ? (deciding[resource.Type] ?? []) : [])
    if (plainProperties[name] !== undefined) found.properties.set(name, entriesOf(plainProperties[name]));
  for (const [name, value] of Object.entries(resource.Properties))
    if (isHiding(name, value)) found.properties.set(name, entriesOf(plain({ [name]: value }, nameOf)));
  const { Condition } = resource;
  if (Condition !== undefined && found.policies.size + found.properties.size > 0) found.properties.set('Condition', entriesOf(Condition));
  return found;
}

/**
 * Whether a value may have a policy that {@link findPolicies} does not see: CloudFormation gets it from elsewhere, it is in a function such
 * as Fn::If, it is a JSON text, or its members are not written as IAM writes them.
 */
function isHiding(name: string, value: unknown, isInFunction = false): boolean {
  if (name === 'Fn::Transform') return true;
  if (typeof value === 'string') return /^\s*\{/.test(value) && /"Statement"/i.test(value);
  if (isInFunction ? /^(?:Statement|PolicyDocument|PolicyName)$/i.test(name) : /^statement$/i.test(name) && name !== 'Statement')
    return true;
  if (typeof value !== 'object' || value === null) return false;
  const isFunction = isInFunction || name.startsWith('Fn::');
  return Object.entries(value).some(([member, inner]) => isHiding(member, inner, isFunction));
}

/** Finds every policy in a value, at any depth. A policy in a list has the name of the policy in its path, or else its number. */
function findPolicies(value: unknown, path: string, found: Found): void {
  const { policies, properties } = found;
  if (isPolicy(value)) {
    const { Statement, ...others } = value;
    // Two policies may have one name.
    policies.set(path, [...(policies.get(path) ?? []), ...listOf(Statement).map(statementOf)]);
    for (const [name, member] of Object.entries(others)) properties.set(join(path, name), entriesOf(member));
  } else if (Array.isArray(value))
    for (const [index, item] of value.entries()) {
      const named = isRecord(item) && typeof item['PolicyName'] === 'string' ? item['PolicyName'] : undefined;
      if (isRecord(item) && named !== undefined) findPolicies(item['PolicyDocument'], join(path, named), found);
      else findPolicies(item, join(path, String(index)), found);
    }
  else if (isRecord(value)) for (const [name, member] of Object.entries(value)) findPolicies(member, join(path, name), found);
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** The value of a deciding property as lines: the items of a list, or `NAME VALUE` for each member of an object. */
function entriesOf(value: unknown): readonly string[] {
  const text = (item: unknown) => (typeof item === 'string' ? item : ordered(item));
  if (isRecord(value))
    return Object.entries(value)
      .flatMap(([name, member]) => listOf(member).map((item) => `${name} ${text(item)}`))
      .sort();
  return listOf(value).map(text).sort();
}

type Change = Omit<PermissionChange, 'resource' | 'type'>;

function changesIn(before: Rights, after: Rights): readonly Change[] {
  const policies = [...new Set([...before.policies.keys(), ...after.policies.keys()])].flatMap((policy) =>
    changedStatements(before.policies.get(policy) ?? [], after.policies.get(policy) ?? []).map((change): Change => {
      const kind = change.before === undefined ? 'added' : change.after === undefined ? 'removed' : 'changed';
      return { policy, change: kind, allows: allowsOf(change), ...change };
    }),
  );
  const properties = [...new Set([...before.properties.keys(), ...after.properties.keys()])].flatMap((policy): Change[] => {
    const [old, next] = [before.properties.get(policy), after.properties.get(policy)];
    if (isSame(old, next)) return [];
    // Of a policy that is new or gone, its statements are enough.
    const parent = policy.slice(0, Math.max(policy.lastIndexOf('.'), 0));
    if (isPart(before, after, parent) && !(before.policies.has(parent) && after.policies.has(parent))) return [];
    const kind = old === undefined ? 'added' : next === undefined ? 'removed' : 'changed';
    const mayDeny = [before, after].some(hasDeny) || [...(old ?? []), ...(next ?? [])].some((item) => /deny/i.test(item));
    const allows = granting.includes(policy) && !mayDeny ? allowsOfLists(old ?? [], next ?? []) : 'unclear';
    return [{ policy, change: kind, allows, ...(old !== undefined && { before: old }), ...(next !== undefined && { after: next }) }];
  });
  return [...policies, ...properties];
}

const hasDeny = ({ policies }: Rights) => [...policies.values()].flat().some(({ effect }) => effect !== 'Allow');

const isPart = (before: Rights, after: Rights, policy: string) => before.policies.has(policy) || after.policies.has(policy);

function allowsOfLists(before: readonly string[], after: readonly string[]): Allows {
  const [hasMore, hasLess] = [after.some((item) => !before.includes(item)), before.some((item) => !after.includes(item))];
  return hasMore === hasLess ? 'unclear' : hasMore ? 'more' : 'less';
}
