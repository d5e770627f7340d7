import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { releaseDigest as digestOf } from '../../../domain/release/digest.ts';
import { parseRelease } from '../../../domain/release/release.ts';
import { CHANNELS_NOT_JUDGED, type JudgeOptions, judgeOf } from '../../../operator/events/judged-event.ts';
import type { Stage } from '../../../operator/stage/stage.ts';
import { aRollout } from '../../../proof/support/a-rollout.ts';
import { UsageError } from '../../../scripts/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-judged-'));
afterAll(() => rmSync(folder, { recursive: true }));

// biome-ignore lint/suspicious/noTemplateCurlyInString: variables of channels.yml
const [source, target] = ['com.acme.${aws:accountId}', 'arn:aws:iot:${aws:region}:${aws:accountId}:thing/one'];
const createOTAUpdate = { targets: [target], roleArn: 'arn:aws:iam::111122223333:role/ota', protocols: ['MQTT'] };
const products = { lock: { sources: [source], channels: { beta: { unsigned: 'allow', createOTAUpdate } } } };
const file = join(folder, 'channels.yml');
writeFileSync(file, JSON.stringify({ artifactBuckets: ['acme-firmware'], products }));

const s3Location = { bucket: 'acme-firmware', key: 'k', version: 'v' };
const detail = {
  product: 'lock',
  version: '1.0.0',
  channels: ['beta'],
  artifacts: [{ fileLocation: { s3Location }, sha256: 'aa'.repeat(32) }],
};
/** The ledger of a stage that has accepted nothing. */
const empty: Stage['ledger'] = {
  lookUp: async () => ({ rows: [], withdrawals: { itemRevision: 0, list: [] }, accepted: undefined }),
} as never;

const eventOf = (changes: object, from = 'com.acme.111122223333') => ({
  source: from,
  'detail-type': 'Firmware Release Published',
  detail: { ...detail, ...changes },
});

/** Judges for a stage on AWS. Answers the rejections, and the warnings. '' stands for the file of the stage. */
async function judged(content: object, account: string | undefined, channelsFile = file, read?: JudgeOptions['read'], ledger = empty) {
  const warnings: string[] = [];
  const stage = { name: 'prod', account: async () => account, region: async () => 'eu-central-1', ledger };
  const judge = await judgeOf(stage, {
    channelsFile: channelsFile || undefined,
    warn: (text) => warnings.push(text),
    ...(read && { read }),
  });
  const answer = await judge.judge(Buffer.from(JSON.stringify(content)));
  const lost = answer.ok ? answer.warnings.map(({ path, channel }) => `${path} ${channel}`) : [];
  return { why: answer.ok ? [] : answer.rejections.map(({ code, path }) => `${code} ${path}`), warnings, ...(lost.length > 0 && { lost }) };
}

describe('an event for a stage', () => {
  it('is judged with the variables of the stage', async () => {
    expect(await judged(eventOf({}), '111122223333')).toEqual({ why: [], warnings: [] });
    expect((await judged(eventOf({}, 'com.acme.444455556666'), '111122223333')).why).toEqual(['SOURCE_NOT_ALLOWED source']);
    expect((await judged(eventOf({ channels: ['beat'] }), '111122223333')).why).toEqual(['UNKNOWN_CHANNEL channels[0]']);
  });

  it('is judged by its product alone if nobody knows the account, because source and requests may contain it', async () => {
    expect((await judged(eventOf({}), undefined)).why).toEqual([]);
    expect((await judged(eventOf({ product: 'lok' }), undefined)).why).toEqual(['UNKNOWN_PRODUCT product']);
    expect((await judged(eventOf({ version: '1.0' }), undefined)).why).toEqual(['INVALID_RELEASE version']);
  });

  it('has the warnings of plan: each value of the release that a channel does not send, and those of channels.yml', async () => {
    const withOwn = { ...createOTAUpdate, targets: [target], tags: [{ Key: 'team', Value: 'ours' }], files: [{ fileVersion: '1' }] };
    const own = join(folder, 'own.yml');
    const beta = { unsigned: 'allow', createOTAUpdate: { ...withOwn, description: 'ours' } };
    writeFileSync(
      own,
      JSON.stringify({ artifactBuckets: ['acme-firmware'], products: { lock: { sources: [source], channels: { beta } } } }),
    );
    const artifacts = [{ ...detail.artifacts[0], fileVersion: '2' }];
    const losing = eventOf({ description: 'theirs', tags: { team: 'theirs' }, artifacts });
    const lost = ['description beta', 'tags.team beta', 'artifacts[0].fileVersion beta'];
    expect(await judged(losing, '111122223333', own)).toEqual({ why: [], warnings: [], lost });
    expect((await judged(losing, undefined, own)).lost).toEqual(lost);
  });

  const unreadable = async (): Promise<never> => {
    throw new UsageError('the reason');
  };

  it('with its source is judged without channels.yml if the file cannot be read, with one warning', async () => {
    const { why, warnings } = await judged(eventOf({}), '111122223333', '', unreadable);
    expect([why, warnings]).toEqual([[], ['not judged with channels.yml: the reason']]);
  });

  it('needs channels.yml if the person named the file, or if the event lacks its source', async () => {
    await expect(judged(eventOf({}), '111122223333', file, unreadable)).rejects.toThrow(UsageError);
    await expect(judged(detail, '111122223333', '', unreadable)).rejects.toThrow(UsageError);
  });

  describe('that speaks of a release which the ledger has', () => {
    const release = { ...detail, channels: ['gone'] };
    const parsed = parseRelease(release);
    const releaseDigest = parsed.ok ? digestOf(parsed.value) : '';
    const having = (accepted: object) => ({
      lookUp: async () => ({
        rows: [aRollout({ channel: 'gone' })],
        withdrawals: { itemRevision: 0, list: [] },
        accepted: { version: '1.0.0', releaseDigest, ...accepted },
      }),
    });
    const judgedBeside = (changes: object, accepted: object = {}, ledger: object = having(accepted)) =>
      judged(eventOf({ ...release, ...changes }), '111122223333', file, undefined, ledger as Stage['ledger']);

    it('is not judged again on a channel that has it, because the service finds a duplicate there', async () => {
      expect(await judgedBeside({})).toEqual({ why: [], warnings: [] });
      expect(await judgedBeside({ channels: ['gone', 'beta'] })).toEqual({ why: [], warnings: [] });
      expect((await judgedBeside({ channels: ['gone', 'beat'] })).why).toEqual(['UNKNOWN_CHANNEL channels[1]']);
    });

    it('is judged if it has other content, another version, or is a dry run, because the service judges it, too', async () => {
      const why = ['UNKNOWN_CHANNEL channels[0]'];
      expect((await judgedBeside({}, { releaseDigest: 'other' })).why).toEqual(why);
      expect((await judgedBeside({}, { version: '1.0.0+other' })).why).toEqual(why);
      expect((await judgedBeside({ dryRun: true })).why).toEqual(why);
    });

    it('is judged as if it were new if the ledger cannot be read, and one line says so', async () => {
      const broken = {
        lookUp: async () => {
          throw new Error('not authorized\nmore');
        },
      };
      expect(await judgedBeside({}, {}, broken)).toEqual({
        why: ['UNKNOWN_CHANNEL channels[0]'],
        warnings: ['judged as if it were new, because the ledger could not be read: not authorized'],
      });
    });
  });

  describe('in a folder without channels.yml', () => {
    const judgedWithout = async (content: object, options: Partial<JudgeOptions> = {}) => {
      const warnings: string[] = [];
      const stage = { name: 'prod', account: async () => '111122223333', region: async () => 'eu-central-1', ledger: empty };
      const warn = (line: string) => warnings.push(line);
      const judge = await judgeOf(stage, { warn, read: async () => undefined, askSource: async () => 'com.acme.asked', ...options });
      const answers = [await judge.judge(Buffer.from(JSON.stringify(content))), await judge.judge(Buffer.from(JSON.stringify(content)))];
      const [first] = answers;
      return {
        source: first?.ok ? first.event.source : undefined,
        why: first?.ok ? [] : first?.rejections.map(({ code }) => code),
        warnings,
      };
    };

    it('is judged by the intake alone, and one line says so', async () => {
      expect(await judgedWithout(detail)).toEqual({ source: 'com.acme.asked', why: [], warnings: [CHANNELS_NOT_JUDGED] });
      expect((await judgedWithout({ ...detail, channels: ['nowhere'] })).why).toEqual([]);
      expect((await judgedWithout({ ...detail, version: 'one' })).why).toEqual(['INVALID_RELEASE']);
    });

    it('has the source of the file, or else the one that the person gave, or else the one that the stage accepts', async () => {
      expect((await judgedWithout(eventOf({}, 'com.acme.own'))).source).toBe('com.acme.own');
      expect((await judgedWithout(eventOf({}, 'com.acme.own'), { source: 'com.acme.own' })).source).toBe('com.acme.own');
      expect((await judgedWithout(detail, { source: 'com.acme.given' })).source).toBe('com.acme.given');
      await expect(judgedWithout(eventOf({}, 'com.acme.own'), { source: 'com.acme.given' })).rejects.toThrow(
        new UsageError('the event in the file has the source com.acme.own: leave out --source com.acme.given'),
      );
    });
  });

  it('of a person who gave a source is judged with that source', async () => {
    const stage = { name: 'prod', account: async () => '111122223333', region: async () => 'eu-central-1', ledger: empty };
    const judge = await judgeOf(stage, { channelsFile: file, source: 'com.acme.other', warn: () => undefined });
    expect(await judge.judge(Buffer.from(JSON.stringify(detail)))).toMatchObject({
      ok: false,
      rejections: [{ code: 'SOURCE_NOT_ALLOWED' }],
    });
  });
});
