import { formatPath, kindOf } from 'aws-ota-models';
import * as z from 'zod/mini';
import { problemsOf } from '../domain/json/problem.ts';
import { approvalSchema } from '../domain/release/approval.ts';
import { holdSchema, resumeSchema } from '../domain/release/hold.ts';
import {
  channelHeld,
  channelResumed,
  parseMessage,
  releaseApproved,
  releasePublished,
  releaseWithdrawn,
} from '../domain/release/intake.ts';
import { explainSigning, releaseSchema } from '../domain/release/release.ts';
import { withdrawalSchema } from '../domain/release/withdrawal.ts';
import type { Checked, EventProblem } from './checked.ts';

/** The schema of each detail, and the code of a detail that does not follow it. */
const forms = {
  [releasePublished]: { schema: releaseSchema, code: 'INVALID_RELEASE' },
  [releaseWithdrawn]: { schema: withdrawalSchema(), code: 'INVALID_WITHDRAWAL' },
  [releaseApproved]: { schema: approvalSchema(), code: 'INVALID_APPROVAL' },
  [channelHeld]: { schema: holdSchema(), code: 'INVALID_HOLD' },
  [channelResumed]: { schema: resumeSchema(), code: 'INVALID_HOLD' },
} as const;

/** What EventBridge puts around a detail. Only its size counts here. */
const envelope = {
  version: '0',
  id: '00000000-0000-0000-0000-000000000000',
  source: '',
  account: '000000000000',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
};

/**
 * The detail of an event as JSON writes it, or what is wrong with it: first the reason for which the service would reject the event, then
 * what is wrong with other members. Never throws.
 */
export function judgeDetail<Event>(detailType: keyof typeof forms, detail: unknown): Checked<Event> {
  let text: string | undefined;
  try {
    text = JSON.stringify(detail);
  } catch {
    return refuse({
      code: 'MALFORMED_JSON',
      path: '$',
      message: 'the detail cannot be written as JSON: it has a cycle, a BigInt or too many levels',
    });
  }
  if (text === undefined) return refuse({ code: 'NOT_AN_EVENT', path: '$', message: `detail must be an object, got ${kindOf(detail)}` });
  const event = JSON.parse(text);
  const body = JSON.stringify({ ...envelope, 'detail-type': detailType, detail: event });
  const parsed = parseMessage(body, { allowedAccounts: [envelope.account] });
  if (parsed.ok) return { ok: true, event };
  const { code, path, message } = parsed.rejection;
  const isAboutMembers = code === forms[detailType].code || code === 'INVALID_SIGNING';
  return refuse({ code, path, message }, isAboutMembers ? problemsOfMembers(detailType, event) : []);
}

function refuse(first: EventProblem, others: readonly EventProblem[] = []) {
  const paths = new Set([first.path]);
  const more = others.filter(({ path }) => paths.size < paths.add(path).size);
  return { ok: false, problems: [first, ...more] } as const;
}

function problemsOfMembers(detailType: keyof typeof forms, detail: unknown): EventProblem[] {
  const { schema, code } = forms[detailType];
  const parsed = z.safeParse<z.ZodMiniType>(schema, detail);
  if (parsed.success) return [];
  return problemsOf(parsed.error, detail, schema)
    .map((problem) => (detailType === releasePublished ? explainSigning(problem, detail) : problem))
    .map((problem) => ({ code, ...problem, path: formatPath(problem.path) }))
    .map(({ code, path, message }) => ({ code, path, message }));
}
