import { formatPath, isRecord, kindOf, type Segment } from 'aws-ota-models';
import * as z from 'zod/mini';
import { problemsOf } from '../domain/json/problem.ts';
import { type OutcomeType, outcomeSchemas } from '../domain/rollout/outcome-schema.ts';
import type { OutcomeEvent } from '../schemas/events.d.ts';
import type { Checked, EventProblem } from './checked.ts';

const envelope = z.object({
  version: z.string(),
  id: z.string(),
  source: z.literal('ota-dispatch'),
  account: z.string(),
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()),
  detail: z.record(z.string(), z.unknown()),
});

/** The event that `value` is, or what is wrong with it. See `checkOutcome`. */
export function judgeOutcome(value: unknown): Checked<OutcomeEvent> {
  if (!isRecord(value)) return refuse('NOT_AN_EVENT', '$', `must be an object with detail-type and detail, got ${kindOf(value)}`);
  const detailType = value['detail-type'];
  if (typeof detailType !== 'string') return refuse('NOT_AN_EVENT', 'detail-type', `must be text, got ${kindOf(detailType)}`);
  if (!isOutcomeType(detailType))
    return refuse('UNKNOWN_DETAIL_TYPE', 'detail-type', 'must be one that this version of ota-dispatch publishes');
  const [problem, ...others] = [
    ...problemsIn(value, envelope, 'NOT_AN_EVENT'),
    ...(isRecord(value['detail']) ? problemsIn(value['detail'], outcomeSchemas[detailType], 'INVALID_OUTCOME') : []),
  ];
  return problem === undefined ? { ok: true, event: value as unknown as OutcomeEvent } : { ok: false, problems: [problem, ...others] };
}

const isOutcomeType = (name: string): name is OutcomeType => Object.hasOwn(outcomeSchemas, name);

function refuse(code: EventProblem['code'], path: string, message: string) {
  return { ok: false, problems: [{ code, path, message }] } as const;
}

/** What is wrong with the members that this version knows. */
function problemsIn(value: unknown, schema: z.ZodMiniType, code: EventProblem['code']): EventProblem[] {
  const { error } = z.safeParse(schema, value, { error: ruleOf });
  if (error === undefined) return [];
  const problems = problemsOf(error, value, schema).filter(({ kind }) => kind !== 'unknown');
  return problems.map(({ path, message }) => ({ code, path: formatPath(path as readonly Segment[]), message }));
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  number: 'a number',
  int: 'a whole number',
};

/** The rule that a value breaks, in words that fit after "must be". */
function ruleOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? `of type ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `a number of at least ${issue.minimum}`;
    case 'invalid_format':
      return 'an RFC 3339 instant in UTC';
    default:
      return 'what the schema of the event allows';
  }
}
