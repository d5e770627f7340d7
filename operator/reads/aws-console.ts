import { rowKey } from '../../adapters/ledger/ledger.ts';
import { controlPlanes } from '../../domain/request/control-planes.ts';
import { attemptId } from '../../domain/request/identity.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';

/** A page of the AWS console. There are none for a local stage. */
export type AwsPage = { readonly label: string; readonly url: string };

/** Where a deployed stage is. */
type Place = { readonly stage: string; readonly region: string };

/** The functions whose logs can name a rollout. */
const FUNCTIONS = ['releases', 'follow-ups', 'sweep'];

/** Logs are searched from a little before the claim on, in milliseconds. */
const BEFORE_CLAIM = 60 * 60_000;

/**
 * Pages of the AWS console about a rollout of a deployed stage: its job, its item in the ledger, and a search in the logs. None in a
 * partition whose console is not known here. Managed integrations has no page of one task that has an address of its own. `now` in epoch
 * ms.
 *
 * The forms of the addresses:
 * - the host of a region: https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html. Those of aws-cn and aws-us-gov are assumed to be
 *   made in the same way.
 * - the job hub, `/iot/home#/jobhub`: https://docs.aws.amazon.com/iot/latest/developerguide/manage-job-console.html. The page of one job,
 *   `#/job/ID`, is assumed.
 * - the item, `/dynamodbv2/home#edit-item`, is assumed: AWS does not document it. It is what the console shows when an item is open.
 * - the search, `/cloudwatch/home#logsV2:logs-insights`, is assumed, too.
 */
export function awsPagesOf(row: Rollout, { stage, region }: Place, now: number): AwsPage[] {
  const host = consoleHost(region);
  if (host === undefined) return [];
  const home = (service: string, fragment: string): string => `https://${host}/${service}/home?region=${region}#${fragment}`;
  const jobId = jobIdOf(row);
  const { pk, sk } = rowKey(row);
  const item = `edit-item?itemMode=2&pk=${encodeURIComponent(pk)}&route=ROUTE_ITEM_EXPLORER&sk=${encodeURIComponent(sk)}&table=ota-dispatch-${stage}-ledger`;
  return [
    ...(jobId === undefined ? [] : [{ label: `Job ${jobId}`, url: home('iot', `/job/${encodeURIComponent(jobId)}`) }]),
    { label: 'Item in the ledger', url: home('dynamodbv2', item) },
    { label: 'Search in the logs', url: home('cloudwatch', logSearch(row, stage, now)) },
  ];
}

/** The host of the console in a region. Undefined in a partition that is not known here. */
function consoleHost(region: string): string | undefined {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return /^(?:us-iso|eu-iso|eusc-)/.test(region) ? undefined : `${region}.console.aws.amazon.com`;
}

/** The job of a rollout. Its id is known before AWS has answered. Undefined if no create was sent, or if AWS runs no job for it. */
function jobIdOf({ operation, aws, attempt, rolloutId }: Rollout): string | undefined {
  if (aws.jobId !== undefined) return aws.jobId;
  if (attempt === 0 || controlPlanes[operation].service !== 'iot') return undefined;
  return operation === 'CreateOTAUpdate' ? `AFR_OTA-${attemptId(rolloutId, attempt)}` : attemptId(rolloutId, attempt);
}

/**
 * The fragment of a search for the message and the rollout, in every function. Its parameters are written as JSURL, with `*` in place of
 * each `%`. The whole is then percent-encoded twice, with `$` in place of the first `%`.
 */
function logSearch({ messageId, rolloutId, claimedAt }: Rollout, stage: string, now: number): string {
  const query = `fields @timestamp, @log, @message\n| filter @message like ${quoted(messageId)} or @message like ${quoted(rolloutId)}\n| sort @timestamp asc`;
  const sources = FUNCTIONS.map((name) => `~${text(`/aws/lambda/ota-dispatch-${stage}-${name}`)}`).join('');
  const parameters = [
    `end~${text(new Date(now).toISOString())}`,
    `start~${text(new Date(claimedAt - BEFORE_CLAIM).toISOString())}`,
    "timeType~'ABSOLUTE",
    "tz~'UTC",
    `editorString~${text(query)}`,
    `source~(${sources})`,
  ].join('~');
  const detail = `~(${parameters})`.replaceAll('~', '%7E').replaceAll('(', '%28').replaceAll(')', '%29').replaceAll("'", '%27');
  return `logsV2:logs-insights${encodeURIComponent(`?queryDetail=${detail}`).replaceAll('%', '$')}`;
}

/** A text as a value of JSURL. encodeURIComponent leaves some characters that mean something there. */
function text(value: string): string {
  const encoded = encodeURIComponent(value).replace(/[~()!*']/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `'${encoded.replaceAll('%', '*')}`;
}

/** A string of a query of CloudWatch Logs Insights. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '')}"`;
}
