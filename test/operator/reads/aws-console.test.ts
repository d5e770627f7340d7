import { describe, expect, it } from 'vitest';
import { awsPagesOf } from '../../../operator/reads/aws-console.ts';
import { aRollout, now, onJobs, onMi, sentAgo } from '../../../proof/support/a-rollout.ts';

const pages = (row = aRollout({ ...onJobs(), ...sentAgo(0) }), region = 'eu-west-1') => awsPagesOf(row, { stage: 'prod', region }, now);
const labels = (row: Parameters<typeof awsPagesOf>[0]): string[] => pages(row).map(({ label }) => label);

describe('the pages of the AWS console', () => {
  it.each([
    ['eu-west-1', 'eu-west-1.console.aws.amazon.com'],
    ['cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('are on the host of the region %s and its partition', (region, host) => {
    for (const { url } of pages(undefined, region)) {
      expect(new URL(url).host).toBe(host);
      expect(new URL(url).searchParams.get('region')).toBe(region);
    }
  });

  it.each(['us-iso-east-1', 'eusc-de-east-1'])('are not known in %s', (region) => {
    expect(pages(undefined, region)).toEqual([]);
  });

  it('have the job, whose id is known before AWS has answered', () => {
    const row = aRollout({ ...onJobs(), ...sentAgo(0) });
    expect(pages(row)[0]).toEqual({
      label: `Job ${row.rolloutId}-1`,
      url: `https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/job/${row.rolloutId}-1`,
    });
    const update = aRollout(sentAgo(0));
    expect(labels(update)[0]).toBe(`Job AFR_OTA-${update.rolloutId}-1`);
    expect(labels(aRollout({ attempt: 1, aws: { jobId: 'AFR_OTA-x' } }))[0]).toBe('Job AFR_OTA-x');
  });

  it('have no job of a rollout that was never sent, and none of managed integrations', () => {
    for (const row of [aRollout(), aRollout({ ...onMi, attempt: 1, aws: { taskId: 't-1' } })])
      expect(labels(row)).toEqual(['Item in the ledger', 'Search in the logs']);
  });

  it('have the item by its encoded key', () => {
    expect(pages().find(({ label }) => label === 'Item in the ledger')?.url).toBe(
      'https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1#edit-item?itemMode=2&pk=RELEASE%23thermostat%232.0.0&route=ROUTE_ITEM_EXPLORER&sk=ROLLOUT%231%23beta&table=ota-dispatch-prod-ledger',
    );
  });

  it('have a search for the message and the rollout in every function, with a text that cannot leave its query', () => {
    const row = aRollout({ messageId: 'm-1"~)' });
    const url = pages(row).at(-1)?.url ?? '';
    const [, fragment = ''] = url.split('#logsV2:logs-insights');
    const detail = decodeURIComponent(decodeURIComponent(fragment.replaceAll('$', '%')));
    expect(detail).toMatch(/^\?queryDetail=~\(end~'2026-11-23T12\*3A00\*3A00\.000Z~start~'/);
    for (const name of ['releases', 'follow-ups', 'sweep']) expect(detail).toContain(`~'*2Faws*2Flambda*2Fota-dispatch-prod-${name}`);
    const query = /editorString~'([^~]*)~source/.exec(detail)?.[1] ?? '';
    expect(decodeURIComponent(query.replaceAll('*', '%'))).toContain(
      `| filter @message like "m-1~)" or @message like "${row.rolloutId}"\n`,
    );
  });
});
