import type { Resource, Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT, REGION, SQS_ENDPOINT } from '../../support/resolved-template.ts';

/** One check of the compiled template, and a change of the template that it must notice. */
export type Assertion = {
  /** A sentence that the check proves. */
  name: string;
  /** Names what is wrong, or answers an empty list. It gets the template with all intrinsic functions resolved. */
  check: (template: Template) => string[];
  /** Makes the sentence wrong. */
  mutate: (template: Template) => void;
};

/** What is at a path below a value, such as `Properties.Targets.0.Arn`. Undefined if there is nothing. */
export function get(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (part, key) => (part !== null && typeof part === 'object' ? (part as Record<string, unknown>)[key] : undefined),
      value,
    );
}

/** Sets a member at a path. The path must exist up to that member. The value `undefined` removes the member. */
export function set(value: unknown, path: string, to: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.length > 0 ? get(value, keys.join('.')) : value;
  if (parent === null || typeof parent !== 'object') throw new Error(`nothing at ${keys.join('.')}`);
  if (to === undefined) delete (parent as Record<string, unknown>)[last];
  else (parent as Record<string, unknown>)[last] = to;
}

/** A change that sets one path below Resources. */
export const setting = (path: string, to: unknown) => (template: Template) => set(template.Resources, path, to);

/** All resources of a type, with their logical ids. */
export const of = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** A resource by its logical id. Throws if there is none. */
export function resource(template: Template, id: string): Resource {
  const found = template.Resources[id];
  if (!found) throw new Error(`the template has no ${id}`);
  return found;
}

/** The names of the items that fail. */
export const failing = <T>(all: [string, T][], fails: (item: T, id: string) => boolean): string[] =>
  all.filter(([id, item]) => fails(item, id)).map(([id]) => id);

/** An empty list if something holds, and otherwise the message. */
export const unless = (holds: boolean, message: string): string[] => (holds ? [] : [message]);

export const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A list of values, even if there is a single value or none. */
export const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** A statement of a policy. Its actions and resources are always lists. */
export type Statement = {
  sid: string;
  effect: string;
  principal: unknown;
  actions: string[];
  resources: string[];
  condition: Record<string, Record<string, unknown>>;
  raw: Record<string, unknown>;
};

/** The statements of a policy document. */
export const statements = (document: unknown): Statement[] =>
  list(get(document, 'Statement')).map((raw) => ({
    sid: String(get(raw, 'Sid') ?? ''),
    effect: String(get(raw, 'Effect')),
    principal: get(raw, 'Principal'),
    actions: list(get(raw, 'Action')).map(String),
    resources: list(get(raw, 'Resource')).map(String),
    condition: (get(raw, 'Condition') ?? {}) as Statement['condition'],
    raw: raw as Record<string, unknown>,
  }));

/** The statements of a resource policy, by its logical id. */
export const resourcePolicy = (template: Template, id: string): Statement[] =>
  statements(get(resource(template, id), 'Properties.PolicyDocument'));

/** Every statement of the roles of the template, with the logical id of the role. */
export function roleStatements(template: Template): { role: string; statement: Statement }[] {
  const inline = of(template, 'AWS::IAM::Role').flatMap(([role, { Properties }]) =>
    list(Properties['Policies']).flatMap((policy) => statements(get(policy, 'PolicyDocument')).map((statement) => ({ role, statement }))),
  );
  const idOf = (name: unknown) => of(template, 'AWS::IAM::Role').find(([, role]) => role.Properties['RoleName'] === name)?.[0] ?? '';
  const attached = of(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
    list(Properties['Roles']).flatMap((role) =>
      statements(Properties['PolicyDocument']).map((statement) => ({ role: idOf(role), statement })),
    ),
  );
  return [...inline, ...attached];
}

/** A property of a resource, by the path below its properties. */
export const property = (template: Template, id: string, path: string) => get(template.Resources, `${id}.Properties.${path}`);

/** The ARN of a queue of the stage `local`. */
export const queueArn = (queue: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:ota-dispatch-local-${queue}`;

/** The URL of a queue of the stage `local`. `Ref` of a queue answers it. */
export const queueUrl = (queue: string) => `${SQS_ENDPOINT}/${ACCOUNT}/ota-dispatch-local-${queue}`;

/** The names of the roles by their logical ids. They have the Region of the stage, for which the template was packaged. */
const ROLES: Readonly<Record<string, string>> = {
  ReleasesRole: 'releases',
  FollowUpsRole: 'follow-ups',
  SweepRole: 'sweep',
  JobEventsRole: 'job-events',
  OperatorRole: 'operator',
  ApproverRole: 'approver',
};
/** The ARN of a role of the stack by its logical id. */
export const roleArn = (id: string) => `arn:aws:iam::${ACCOUNT}:role/ota-dispatch-local-us-east-1-${ROLES[id]}`;

/** The rules that feed the releases queue and the steering queue. */
export const RELEASES_RULE = `arn:aws:events:${REGION}:${ACCOUNT}:rule/firmware-local/ota-dispatch-local-releases`;
export const STEERING_RULE = `arn:aws:events:${REGION}:${ACCOUNT}:rule/firmware-local/ota-dispatch-local-steering`;

/** Whether a policy denies an action to everybody under exactly this condition. */
export const denies = (all: Statement[], action: string, condition: unknown) =>
  all.some((s) => s.effect === 'Deny' && s.principal === '*' && s.actions.includes(action) && equal(s.condition, condition));

/**
 * A resource that neither a removal of the stack nor a replacement deletes. Only a deployment that fails deletes it, and only
 * if that deployment made it.
 */
export const kept = (t: Template, id: string) => {
  const { DeletionPolicy, UpdateReplacePolicy } = resource(t, id);
  return unless(DeletionPolicy === 'RetainExceptOnCreate' && UpdateReplacePolicy === 'Retain', id);
};
