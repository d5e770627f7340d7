import type { DescribeJobCommandInput, Job } from '@aws-sdk/client-iot';
import { AwsError, type Input } from '../proof/simulate/transport.ts';
import { LOOK } from './assumed-times.ts';
import type { virtualTime } from './virtual-time.ts';

/** DescribeJob calls that AWS answers a second, and as many at once. Beyond that it throttles. */
export const DESCRIBE_JOB_QUOTA = 10;

const SECOND = 1_000;
const HOUR = 3_600_000;
/** One device an hour succeeds, so every look after an hour finds news. */
const DEVICES = 1_000;

/** What was seen of DescribeJob. */
export type LooksTally = {
  looks: number;
  throttled: number;
  /** The most calls in one second. */
  busiestSecond: number;
};

export type LiveJob = { readonly job: Job; readonly since: number; endedAt?: number; index: number };

/** IoT Jobs in memory, which answers DescribeJob up to the quota. The caller fills and changes `jobs`. */
export function jobsUnderQuota(
  clock: { readonly now: number },
  time: Pick<ReturnType<typeof virtualTime>, 'sleep'>,
  tally: LooksTally,
): { readonly jobs: Map<string, LiveJob>; readonly handle: (operation: string, input: Input) => Promise<unknown> } {
  const jobs = new Map<string, LiveJob>();
  let tokens = DESCRIBE_JOB_QUOTA;
  let refilledAt = clock.now;
  const recent: number[] = [];
  const handle = async (_operation: string, input: Input): Promise<unknown> => {
    await time.sleep(LOOK);
    tally.looks += 1;
    recent.push(clock.now);
    while ((recent[0] ?? 0) <= clock.now - SECOND) recent.shift();
    tally.busiestSecond = Math.max(tally.busiestSecond, recent.length);
    tokens = Math.min(DESCRIBE_JOB_QUOTA, tokens + ((clock.now - refilledAt) / SECOND) * DESCRIBE_JOB_QUOTA);
    refilledAt = clock.now;
    if (tokens < 1) {
      tally.throttled += 1;
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
    tokens -= 1;
    const { jobId } = input as unknown as DescribeJobCommandInput;
    const one = jobs.get(jobId ?? '');
    if (!one) throw new AwsError('ResourceNotFoundException', `no job ${jobId}`);
    const until = one.endedAt ?? clock.now;
    const succeeded = one.endedAt === undefined ? Math.min(DEVICES - 1, Math.floor((until - one.since) / HOUR)) : DEVICES;
    const details = { numberOfSucceededThings: succeeded, numberOfQueuedThings: DEVICES - succeeded };
    return { job: { ...one.job, status: one.endedAt === undefined ? 'IN_PROGRESS' : 'COMPLETED', jobProcessDetails: details } };
  };
  return { jobs, handle };
}
