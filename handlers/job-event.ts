/**
 * A job event of AWS IoT, as the IoT rule writes it: the id of the job and the kind of event. Anybody who may publish to the topic can forge
 * one. So it is a reason to look, and no more.
 */
export type JobEvent = {
  /** The id of the rollout in the id of the job. It may be the id of no rollout. */
  readonly rolloutId: string;
};

/**
 * `fw-…-1` is a job of its own, and `AFR_OTA-fw-…-2` the job of an OTA update, here at its second attempt. The id of a rollout has at most
 * 54 characters. A key as long as a message can be would fail at DynamoDB, again and again.
 */
const jobIdPattern = /^(?:AFR_OTA-)?(fw-[a-z0-9_-]{1,51})-[0-9]{1,2}$/;

/**
 * The job event that a body contains, or `undefined` if it is another message. Only a job event has `jobId`, in whatever order AWS writes
 * its members. An id that no rollout can have gives `''`.
 */
export function jobEventOf(body: string): JobEvent | undefined {
  const message = parsed(body);
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, 'jobId')) return undefined;
  const { jobId } = message as { readonly jobId: unknown };
  return { rolloutId: typeof jobId === 'string' ? (jobIdPattern.exec(jobId)?.[1] ?? '') : '' };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Whoever reads it as another message reports that it is not JSON.
    return undefined;
  }
}
