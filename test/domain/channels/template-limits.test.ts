import { formatPath } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { createJobRules } from '../../../domain/channels/create-job.ts';
import { lineText, readChannelsFile } from '../../../domain/channels/lines.ts';
import { findChannelProblems, findLimitProblems } from '../../../domain/channels/rules.ts';
import { namesOf } from '../../../domain/channels/template-name.ts';
import { findWarnings } from '../../../domain/channels/warnings.ts';
import { channelsOf, jobChannel, otaTaskChannel, otaUpdateChannel, place } from '../../../proof/support/fixtures.ts';

const placesOf = (channel: Parameters<typeof findLimitProblems>[0]) => findLimitProblems(channel).map(({ path }) => formatPath(path));
const ofJobs = (template: object, options: object = {}) => placesOf(jobChannel(template, options));
const messagesOf = (channel: Parameters<typeof findLimitProblems>[0]) => findLimitProblems(channel).map(({ message }) => message);
const placeholder = (inside: string) => ['$', '{aws:iot:', inside].join('');

describe('the retries of a job', () => {
  const retries = (...criteriaList: readonly object[]) => ofJobs({ jobExecutionsRetryConfig: { criteriaList } });
  const failed = (numberOfRetries: unknown) => ({ failureType: 'FAILED', numberOfRetries });

  it('need no timeout unless they follow one', () => {
    expect(retries(failed(1))).toEqual([]);
  });

  it('are added up only where each is a number that AWS takes', () => {
    const at = (index: number) => `createJob.jobExecutionsRetryConfig.criteriaList[${index}].numberOfRetries`;
    expect(retries(failed(11))).toEqual([at(0)]);
    expect(retries(failed('6'), failed('6'))).toEqual([at(0), at(1)]);
  });
});

describe('the schedule of a job', () => {
  const schedule = (schedulingConfig: object) => ofJobs({ schedulingConfig, targetSelection: 'CONTINUOUS' });

  it('may be thirty minutes long, and may have an end behavior with its end', () => {
    expect(schedule({ startTime: '2026-12-01T02:00', endTime: '2026-12-01T02:30', endBehavior: 'CANCEL' })).toEqual([]);
  });

  it('has windows whose start is a cron, and nothing before it', () => {
    const place = ['createJob.schedulingConfig.maintenanceWindows[0].startTime'];
    const windows = (startTime: unknown) => schedule({ maintenanceWindows: [{ startTime, durationInMinutes: 60 }] });
    expect([windows('cron(0 2 ? * SUN *)'), windows('xcron(0 2 ? * SUN *)'), windows(7)]).toEqual([[], place, place]);
  });
});

describe('a template', () => {
  it('with a value of another type gets one problem for it', () => {
    expect(ofJobs({ destinationPackageVersions: [7] })).toEqual(['createJob.destinationPackageVersions[0]']);
    const role = messagesOf(jobChannel({ presignedUrlConfig: { roleArn: 7 } }));
    expect(role).toEqual([expect.not.stringContaining('required')]);
  });

  it('with a lone surrogate gets that problem alone', () => {
    expect(messagesOf(otaUpdateChannel({ description: '\ud83d', protocols: ['FTP'] }))).toEqual([
      expect.stringContaining('lone surrogate'),
    ]);
  });

  it.each<[string, object, string]>([
    ['at the top', { protocol: ['MQTT'] }, 'did you mean protocols?'],
    ['in a list', { files: [{ fileTyp: 1 }] }, 'did you mean fileType?'],
    ['in a structure of a list', { files: [{ codeSigning: { startSigningJobParameters: {} } }] }, 'did you mean startSigningJobParameter?'],
    ['that is of the channel, but not at the top', { files: [{ after: 'beta' }] }, 'unknown member'],
    ['that a release gives to a file, but not to a tag', { tags: [{ Key: 'a', fileLocation: 1 }] }, 'unknown member'],
  ])('with an unknown member %s says what was meant', (_what, template, words) => {
    const messages = messagesOf(otaUpdateChannel(template)).filter((message) => message !== 'required');
    expect(messages).toEqual([expect.stringContaining(words)]);
    expect(messages[0]).not.toMatch(/belongs beside|the release gives it/);
  });

  it.each<[string, object]>([
    ['a member', { fileType: 999 }],
    ['an attribute', { attributes: { customCodeSigning: 7 } }],
    ['a member of its code signing', { codeSigning: { startSigningJobParameter: 7 } }],
  ])('with a wrong value in %s of a file says so, and not that the release gives it', (_what, file) => {
    const messages = messagesOf(otaUpdateChannel({ files: [file] }));
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.join()).not.toMatch(/the release gives it/);
  });
});

describe('the job document of a channel', () => {
  const documented = (jobDocument: object, options: object = {}) => ofJobs({}, { jobDocument, ...options });

  it('may be as long as AWS takes', () => {
    const long = (length: number) => ({ n: 'x'.repeat(length - '{"n":""}'.length) });
    expect([32_768, 32_769].map((length) => documented(long(length)))).toEqual([[], ['jobDocument']]);
    expect([32_768, 32_769].map((length) => placesOf(otaTaskChannel({}, { jobDocument: long(length) })))).toEqual([[], ['jobDocument']]);
  });

  it('may have a member that the service sets in another format only', () => {
    expect(documented({ otaDispatch: {} }, { format: 'plain' })).toEqual([]);
    expect(documented({ otaDispatch: {} }, { format: 'device-client' })).toEqual(['jobDocument.otaDispatch']);
  });

  it('closes its placeholders, each with a brace of its own', () => {
    expect(documented({ a: `} ${placeholder('x}')}` })).toEqual([]);
    expect(documented({ a: placeholder('x{y}}') })).toEqual(['jobDocument']);
  });

  it('may have all placeholders if the channel has a URL of its own', () => {
    const jobDocument = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`a${index}`, placeholder('x}')]));
    const problems = (options: object) => createJobRules.problems(jobChannel({}, { jobDocument, ...options })).map(({ path }) => path);
    expect(problems({})).toEqual([['jobDocument']]);
    expect(problems({ artifactUrl: 'https://cdn.example/{key}' })).toEqual([]);
  });
});

describe('a list of names', () => {
  it('ends with or', () => {
    expect([['a'], ['a', 'b'], ['a', 'b', 'c']].map(namesOf)).toEqual(['a', 'a or b', 'a, b or c']);
  });
});

describe('a glob', () => {
  const isRefused = (glob: string) => findChannelProblems(otaUpdateChannel({}, { targetsFromRelease: [glob] })).length > 0;

  it('may end within the first word of an ARN, but not have another one', () => {
    expect(['ar*', 'ar:aws:iot:*'].map(isRefused)).toEqual([false, true]);
  });

  it('may end within the kind of a target', () => {
    const glob = 'arn:aws:iot:us-east-1:000000000000';
    expect([`${glob}:thi*`, `${glob}:thx*`].map(isRefused)).toEqual([false, true]);
  });
});

describe('two channels of a product', () => {
  const warnings = (query: string) =>
    findWarnings(
      channelsOf({ beta: otaTaskChannel({ OtaTargetQueryString: 'a' }), stable: otaTaskChannel({ OtaTargetQueryString: query }) }),
      place,
    ).filter(({ path }) => path.at(-1) === 'OtaTargetQueryString');

  it('share their devices if they have the same query', () => {
    expect([warnings('a'), warnings('b')].map(({ length }) => length > 0)).toEqual([true, false]);
  });
});

describe('the text of channels.yml', () => {
  const errors = (text: string) => {
    const result = readChannelsFile(text);
    return result.ok ? [] : result.errors;
  };

  it('is not quoted by an error of its syntax', () => {
    expect(errors('a: [SECRET')[0]?.message).not.toMatch(/SECRET|\n/);
  });

  it('has no merge keys, even without an alias', () => {
    expect(errors('<<: { artifactBuckets: [acme-firmware] }').map(({ path }) => path)).toContainEqual(['<<']);
  });
});

describe('a problem as a line of text', () => {
  it('has file, line, kind and path', () => {
    const problem = { line: 3, path: ['products', 'hub'], message: 'required' };
    expect(lineText('channels.yml', problem)).toBe('channels.yml:3: products.hub: required');
    expect(lineText('channels.yml', problem, 'warning: ')).toBe('channels.yml:3: warning: products.hub: required');
  });
});
