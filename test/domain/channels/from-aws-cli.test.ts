import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readChannelsFile } from '../../../domain/channels/lines.ts';
import { parseReleaseText } from '../../../domain/release/intake.ts';
import { DEFAULT_ABORT_CONFIG } from '../../../domain/request/ota-update.ts';
import { planRelease } from '../../../domain/request/plan.ts';

const text = readFileSync(new URL('../../../docs/how-to/from-aws-cli.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({ language, body: body ?? '' }));

describe('docs/how-to/from-aws-cli.md', () => {
  it('ends with the request of its beginning and the additions that it names', () => {
    const [before, release] = blocks.filter(({ language }) => language === 'json').map(({ body }) => body);
    const [yaml] = blocks.filter(({ language }) => language === 'yaml').map(({ body }) => body);
    const file = readChannelsFile(yaml ?? '');
    const parsed = parseReleaseText(release ?? '');
    if (!file.ok || !parsed.ok) throw new Error(JSON.stringify([file, parsed]));
    const place = { accountId: '123456789012', region: 'eu-west-1', stage: 'prod', documentsBucket: 'd' };
    const plan = planRelease(parsed.value, file.channels, { place, source: 'com.acme.firmware-ci', now: 0 });
    const { otaUpdateId: mine, ...wanted } = JSON.parse(before ?? '');
    const { otaUpdateId, additionalParameters, awsJobAbortConfig, ...request } = plan.rollouts[0]?.input ?? {};
    expect(request).toEqual(wanted);
    expect(awsJobAbortConfig).toEqual(DEFAULT_ABORT_CONFIG);
    expect(Object.keys(additionalParameters ?? {})).toHaveLength(3);
    expect(otaUpdateId).not.toBe(mine);
  });
});
