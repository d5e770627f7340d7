import { parseMessage, parseReleaseText, readable } from '../../domain/release/intake.ts';
import { settings } from './configuration.ts';
import type { Flaw } from './flaw.ts';
import type { FuzzInput } from './generate.ts';
import { expectIntake } from './model/message.ts';
import { type Judgement, judge } from './oracle.ts';
import { type Queue, queueFor } from './queue.ts';
import type { Stage } from './stage.ts';

/** The longest time that one message may take. */
export const MILLISECONDS_MAX = 50;

/** The one rule whose result depends on the machine. */
export const TIME_RULE = `at most ${MILLISECONDS_MAX} ms`;

/** How often a slow message is tried again. It is slow only if every try is, so that the garbage of another message does not count. */
const TRIES = 3;

export type Tried = Judgement & { readonly milliseconds: number };

/**
 * Gives one input to the service, and its bytes to the intake, and judges the result. An input that takes longer than
 * `notable` milliseconds is tried again. Without `queue`, it comes from the queue into which it belongs.
 */
export async function tryInput(
  stage: Stage,
  { body, bytes, queue = queueFor(body) }: Pick<FuzzInput, 'body' | 'bytes'> & { readonly queue?: Queue },
  notable: number = MILLISECONDS_MAX,
): Promise<Tried> {
  const seen = await stage.send(queue, body);
  const { kind, outcome, flaws } = judge(body, seen);
  const enough = Math.min(notable, MILLISECONDS_MAX);
  const milliseconds = seen.milliseconds > enough ? await leastOf(stage, queue, body, seen.milliseconds, enough) : seen.milliseconds;
  const slow =
    milliseconds > MILLISECONDS_MAX ? [{ rule: TIME_RULE, what: `${milliseconds.toFixed(0)} ms in each of ${TRIES + 1} tries` }] : [];
  return { kind, outcome, flaws: [...flaws, ...slow, ...(bytes === undefined ? [] : judgeBytes(bytes))], milliseconds };
}

/** If the clock says too long, the processor time of this thread counts, which other processes do not lengthen. */
async function leastOf(stage: Stage, queue: Queue, body: string, first: number, enough: number): Promise<number> {
  let least = first;
  for (let again = 0; again < TRIES && least > enough; again += 1) {
    const before = process.threadCpuUsage();
    const seen = await stage.send(queue, body);
    const { user, system } = process.threadCpuUsage(before);
    const ofThread = (user + system) / 1000;
    least = Math.min(least, seen.milliseconds > MILLISECONDS_MAX ? Math.min(seen.milliseconds, ofThread) : seen.milliseconds);
  }
  return least;
}

/** Judges that the intake treats any bytes as the contract says, and never throws. */
export function judgeBytes(bytes: Uint8Array): readonly Flaw[] {
  try {
    const result = parseMessage(bytes, { allowedAccounts: settings.OTA_ALLOWED_ACCOUNTS });
    readable(bytes);
    parseReleaseText(bytes);
    const { codes } = expectIntake(bytes);
    const code = result.ok ? undefined : result.rejection.code;
    const isExpected = code === undefined ? codes.length === 0 : codes.includes(code);
    return isExpected ? [] : [{ rule: 'bytes as expected', what: `${code}, where ${codes.join(' or ') || 'acceptance'} was expected` }];
  } catch (error) {
    return [{ rule: 'never thrown', what: `of bytes: ${String(error)}` }];
  }
}
