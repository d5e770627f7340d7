import { account } from '../support/sample.ts';

/** The queues whose messages a function of the service works on. */
export const queues = ['releases', 'steering', 'follow-ups'] as const;
export type Queue = (typeof queues)[number];

/** The ARN of a queue of the fuzzer's stage. */
export const queueArn = (queue: Queue): string => `arn:aws:sqs:us-east-1:${account}:ota-dispatch-fuzz-${queue}`;

const steering = /Firmware (?:Release (?:Withdrawn|Approved)|Channel (?:Held|Resumed))/;
const followUp = /"(?:jobId|followUpNumber)"/;

/**
 * The queue into which a body belongs, as the rules of the bus and of AWS IoT put it. What no rule would put anywhere belongs to the queue of
 * releases.
 */
export function queueFor(body: string): Queue {
  const type = detailTypeOf(body);
  if (type !== undefined) return steering.test(type) ? 'steering' : 'releases';
  if (steering.test(body)) return 'steering';
  return followUp.test(body) && !body.includes('"detail"') ? 'follow-ups' : 'releases';
}

function detailTypeOf(body: string): string | undefined {
  try {
    const type: unknown = (JSON.parse(body) as { readonly 'detail-type'?: unknown } | null)?.['detail-type'];
    return typeof type === 'string' ? type : undefined;
  } catch {
    return undefined;
  }
}
