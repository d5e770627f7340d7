import { partitionOf } from '../../partition.ts';
import { AwsError } from '../aws-error.ts';
import type { JsonOperation } from '../aws-json.ts';
import type { JsonInput } from '../member-types.ts';
import { compilePattern } from './event-pattern.ts';
import { checkTargetInput, type TargetInput } from './input.ts';
import type { Tags } from './tags.ts';

export type Target = TargetInput & {
  readonly Id: string;
  readonly Arn: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: unknown;
};

export type Rule = {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly pattern: string | undefined;
  readonly schedule: string | undefined;
  readonly description: string | undefined;
  readonly role: string | undefined;
  state: string;
  /** `undefined` for a rule that has only a schedule. */
  readonly matches: ((event: unknown) => boolean) | undefined;
  readonly targets: Map<string, Target>;
};

export type Statement = Readonly<Record<string, unknown>>;

export type Bus = {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  policy: { Version: string; Statement: Statement[] } | undefined;
  readonly rules: Map<string, Rule>;
};

const MAXIMUM_TARGETS = 5;
const STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'];

/** A page of a list: `Limit` entries from `NextToken` on. */
export function page<T>(input: JsonInput, all: readonly T[]): { readonly items: readonly T[]; readonly next: { NextToken?: string } } {
  const from = Number(input['NextToken'] ?? 0);
  const to = from + Number(input['Limit'] ?? 100);
  return { items: all.slice(from, to), next: to < all.length ? { NextToken: String(to) } : {} };
}

/** The operations on rules and their targets. `bus` finds a bus by name or ARN and throws if it does not exist. */
export function createRuleOperations(
  options: { readonly accountId: string; readonly region: string; readonly tags: Tags },
  bus: (input: JsonInput) => Bus,
): Record<string, JsonOperation> {
  const rule = (input: JsonInput, key = 'Name'): Rule => {
    const found = bus(input).rules.get(String(input[key]));
    if (found === undefined)
      throw new AwsError('ResourceNotFoundException', `Rule ${String(input[key])} does not exist on EventBus ${bus(input).name}.`);
    return found;
  };

  const describe = (found: Rule): JsonInput => ({
    Name: found.name,
    Arn: found.arn,
    EventPattern: found.pattern,
    ScheduleExpression: found.schedule,
    State: found.state,
    Description: found.description,
    RoleArn: found.role,
    EventBusName: found.busName,
  });

  const setState = (state: string) => (input: JsonInput) => {
    rule(input).state = state;
  };

  return {
    PutRule(input) {
      const owner = bus(input);
      const name = String(input['Name'] ?? '');
      if (!/^[\w.-]{1,64}$/.test(name))
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
        );
      const pattern = optionalText(input['EventPattern']);
      const schedule = optionalText(input['ScheduleExpression']);
      if (pattern === undefined && schedule === undefined) {
        throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
      }
      if (schedule !== undefined && owner.name !== 'default') {
        throw new AwsError('ValidationException', 'ScheduleExpression is supported only on the default event bus.');
      }
      const state = (input['State'] as string | undefined) ?? 'ENABLED';
      if (!STATES.includes(state))
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value '${state}' at 'state' failed to satisfy constraint: Member must satisfy enum value set: [${STATES.join(', ')}]`,
        );
      const existing = owner.rules.get(name);
      const path = owner.name === 'default' ? name : `${owner.name}/${name}`;
      const arn = `arn:${partitionOf(options.region).name}:events:${options.region}:${options.accountId}:rule/${path}`;
      owner.rules.set(name, {
        name,
        arn,
        busName: owner.name,
        pattern,
        schedule,
        description: optionalText(input['Description']),
        role: optionalText(input['RoleArn']),
        state,
        matches: pattern === undefined ? undefined : compilePattern(pattern),
        targets: existing?.targets ?? new Map(),
      });
      // PutRule ignores the tags of a rule that exists (its API reference names TagResource instead).
      if (existing === undefined) options.tags.add(arn, input['Tags'] as Parameters<Tags['add']>[1]);
      return { RuleArn: arn };
    },
    DescribeRule: (input) => ({ ...describe(rule(input)), CreatedBy: options.accountId }),
    ListRules(input) {
      const prefix = String(input['NamePrefix'] ?? '');
      const { items, next } = page(
        input,
        [...bus(input).rules.values()].filter(({ name }) => name.startsWith(prefix)),
      );
      return { Rules: items.map(describe), ...next };
    },
    EnableRule: setState('ENABLED'),
    DisableRule: setState('DISABLED'),
    DeleteRule(input) {
      const found = bus(input).rules.get(String(input['Name']));
      if (found === undefined) return;
      if (found.targets.size > 0) throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
      bus(input).rules.delete(found.name);
      options.tags.forget(found.arn);
    },
    PutTargets(input) {
      const { targets } = rule(input, 'Rule');
      const failed: unknown[] = [];
      const asked = (input['Targets'] as Target[] | undefined) ?? [];
      for (const target of asked) checkTargetInput(target.Id, target);
      for (const target of asked) {
        if (!/^arn:aws[\w-]*:sqs:/.test(target.Arn)) {
          failed.push({
            TargetId: target.Id,
            ErrorCode: 'ValidationException',
            ErrorMessage: `The embedded AWS delivers to SQS queues only, not to ${target.Arn}.`,
          });
        } else if (!targets.has(target.Id) && targets.size >= MAXIMUM_TARGETS) {
          throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
        } else targets.set(target.Id, target);
      }
      return { FailedEntryCount: failed.length, FailedEntries: failed };
    },
    RemoveTargets(input) {
      const { targets } = rule(input, 'Rule');
      for (const id of (input['Ids'] as string[] | undefined) ?? []) targets.delete(id);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule(input) {
      const { items, next } = page(input, [...rule(input, 'Rule').targets.values()]);
      return { Targets: items, ...next };
    },
    ListRuleNamesByTarget(input) {
      const rules = [...bus(input).rules.values()].filter(({ targets }) =>
        [...targets.values()].some(({ Arn }) => Arn === input['TargetArn']),
      );
      const { items, next } = page(
        input,
        rules.map(({ name }) => name),
      );
      return { RuleNames: items, ...next };
    },
    TestEventPattern(input) {
      const matches = compilePattern(String(input['EventPattern'] ?? ''));
      let event: unknown;
      try {
        event = JSON.parse(String(input['Event'] ?? ''));
      } catch {
        throw new AwsError('ValidationException', 'Parameter Event is not valid.');
      }
      return { Result: matches(event) };
    },
  };
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
