import { formatPath } from 'aws-ota-models';
import type { LineProblem } from '../../domain/channels/lines.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { unknownAccount } from '../../domain/channels/variables.ts';
import { UsageError } from '../../scripts/command.ts';
import { judgeChannels } from '../judge-channels.ts';
import type { Answers } from './answers.ts';
import { channelsText, yamlText } from './channels-text.ts';
import { type Dependency, PACKAGE } from './dependency.ts';
import { FIRST_RELEASE, firstRelease } from './first-release.ts';
import type { Moved } from './from-cli/members.ts';
import type { FromCli } from './from-cli.ts';
import { localPlace } from './local-place.ts';
import { readmeText } from './readme.ts';
import { serverlessText } from './serverless-text.ts';
import { filled, templateFile } from './template-files.ts';

/** The files of a new project by their paths, what became of a file of the AWS CLI, and the warnings of `ota check`. */
export type Project = {
  readonly files: ReadonlyMap<string, string | Buffer>;
  readonly moved: readonly Moved[];
  readonly warnings: readonly string[];
};

/** The path of the project in its repository, the package on which it depends, and the time in epoch ms. */
type Circumstances = { readonly path: string; readonly dependency: Dependency; readonly now: number };

/** The stage that the workflow deploys. */
const STAGE = 'prod';

/**
 * Packages below the dependency that npm 11 asks about: whether it may run their install scripts. That of esbuild only makes it start faster,
 * and that of es5-ext prints an appeal.
 */
const allowScripts = { 'classic-level': true, esbuild: false, 'es5-ext': false } as const;

/**
 * The files of a new project. `file` is what a file of the AWS CLI has of a channel, and its name. Throws UsageError if `ota check` would
 * find an error in channels.yml, on the stage of the workflow or on the local one.
 */
export function projectOf(
  answers: Answers,
  file: { readonly name: string; readonly channel: FromCli } | undefined,
  { path, dependency, now }: Circumstances,
): Project {
  const text = channelsText(answers, file?.channel);
  const { channels, warnings } = checked(text, answers, file?.name);
  const release = firstRelease(answers, channels, now);
  const hasRelease = 'files' in release;
  const files = new Map<string, string | Buffer>([
    ['channels.yml', hasRelease ? text : text.replace(FIRST_RELEASE, 'release.json')],
    ['serverless.yml', serverlessText(answers.region)],
    ['package.json', packageJson(dependency)],
    ['.gitignore', templateFile('gitignore')],
    ['.github/workflows/deploy.yml', filled(templateFile('deploy.yml'), { region: answers.region, path: yamlText(path) })],
    ['README.md', readmeText(answers, { buckets: channels.artifactBuckets, isFromCli: file !== undefined, hasRelease }, dependency)],
    ...('files' in release ? release.files : []),
  ]);
  if (dependency.tarball !== undefined) files.set(dependency.tarball.path, dependency.tarball.bytes);
  const moved = [...(file?.channel.moved ?? [])];
  if ('rejected' in release) moved.push({ member: 'examples', where: `no first release, because it is rejected: ${release.rejected}` });
  return { files, moved, warnings };
}

/** The channels of a text that `ota check` accepts, and its warnings on the deployed stage. */
function checked(
  text: string,
  { region, product, channel }: Answers,
  name: string | undefined,
): { readonly channels: Channels; readonly warnings: readonly string[] } {
  const deployed = judgeChannels(text, { accountId: unknownAccount, region, stage: STAGE });
  const local = judgeChannels(text, localPlace);
  const [error] = [...deployed.errors, ...local.errors];
  const lineOf = ({ path, message }: LineProblem) => {
    const prefix = ['products', product, 'channels', channel];
    const isOfChannel = prefix.every((segment, index) => path[index] === segment);
    return `${formatPath(isOfChannel ? path.slice(prefix.length) : path)}: ${message}`;
  };
  if (error !== undefined || local.channels === undefined) {
    const what = name === undefined ? 'these answers make no valid channel' : `${name} cannot become a channel`;
    throw new UsageError(`${what}: ${error === undefined ? 'not valid' : lineOf(error)}`);
  }
  return { channels: local.channels, warnings: deployed.warnings.map(lineOf) };
}

function packageJson({ spec }: Dependency): string {
  const content = {
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: { ota: 'ota', start: 'ota start', deploy: 'serverless deploy' },
    dependencies: { [PACKAGE]: spec },
    allowScripts,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
