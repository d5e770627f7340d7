import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readChannelsFile } from '../../../domain/channels/lines.ts';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { parseReleaseText } from '../../../domain/release/intake.ts';
import { DEFAULT_ABORT_CRITERIA } from '../../../domain/request/guard-rails.ts';
import { planRelease } from '../../../domain/request/plan.ts';

const text = readFileSync(new URL('../../../docs/how-to/from-aws-cli.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/^```(\w+) check\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({ language, body: body ?? '' }));

const bodiesIn = (wanted: string) => blocks.filter(({ language }) => language === wanted).map(({ body }) => body);
const [json, yaml] = [bodiesIn('json'), bodiesIn('yaml')];

/** The request of a release on its channel, as the page has both. */
function requestOf(channels: string | undefined, release: string | undefined): Readonly<Record<string, unknown>> {
  const file = readChannelsFile(channels ?? '');
  const parsed = parseReleaseText(release ?? '');
  if (!file.ok || !parsed.ok) throw new Error(JSON.stringify([file, parsed]));
  const place = { accountId: '123456789012', region: 'eu-west-1', stage: 'prod', documentsBucket: 'd' };
  const plan = planRelease(parsed.value, file.channels, { place, source: 'com.acme.firmware-ci', now: 0 });
  return plan.rollouts[0]?.input ?? {};
}

describe('docs/how-to/from-aws-cli.md', () => {
  it('ends with the request of its beginning and the additions that it names', () => {
    const { otaUpdateId: mine, ...wanted } = JSON.parse(json[0] ?? '');
    const { otaUpdateId, additionalParameters, awsJobAbortConfig, ...request } = requestOf(yaml[0], json[1]);
    expect(request).toEqual(wanted);
    expect(awsJobAbortConfig).toEqual({ abortCriteriaList: DEFAULT_ABORT_CRITERIA });
    expect(Object.keys(additionalParameters ?? {})).toHaveLength(3);
    expect(otaUpdateId).not.toBe(mine);
  });

  it('ends with the job of its last part, but for the id, the document and three tags', () => {
    const [before, release] = json.slice(-2);
    const { jobId: mine, document: given, ...wanted } = JSON.parse(before ?? '');
    const { jobId, document, tags, ...request } = requestOf(yaml[1], release);
    const others = (tags as { Key: string }[]).filter(({ Key }) => !isReserved(Key));
    expect({ ...request, tags: others }).toEqual(wanted);
    expect(tags).toHaveLength(others.length + 3);
    expect(jobId).not.toBe(mine);
    expect(document).not.toBe(given);
    const members = ['operation', 'rolloutId', 'product', 'firmwareVersion', 'files'];
    expect(Object.keys(JSON.parse(String(document))).sort()).toEqual(members.toSorted());
    expect(text).toContain('has the members\n`operation`, `rolloutId`, `product`, `firmwareVersion` and `files`');
  });
});
