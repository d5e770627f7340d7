import { join, relative, sep } from 'node:path';
import { compact } from '../domain/json/compact.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { givenPath, readGivenJson } from '../scripts/given-file.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { answersOf } from './init/answers.ts';
import { dependencyOf } from './init/dependency.ts';
import { requireEmptyFolder, writeFiles } from './init/empty-folder.ts';
import { FIRST_RELEASE } from './init/first-release.ts';
import { channelFromCli, type FromCli, onEveryStage } from './init/from-cli.ts';
import { help } from './init/help.ts';
import { type Project, projectOf } from './init/project.ts';
import { options } from './init/questions.ts';
import { type Surroundings, surroundingsOf } from './init/surroundings.ts';
import { printJson } from './json-output.ts';

/** `ota init DIR`. Answers 0. Throws UsageError for a folder with files, for a wrong or missing answer, and for a channel that `ota check` refuses. */
export async function run(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      product: text,
      bucket: text,
      'control-plane': text,
      region: text,
      'from-cli': text,
      channel: text,
      source: text,
      target: text,
      'signing-profile': text,
      format: text,
      'task-configuration': text,
      package: text,
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [typed, ...more] = positionals;
  if (typed === undefined || more.length > 0) throw new UsageError('exactly one folder is required, such as my-fleet; see --help');
  const folder = givenPath(typed);
  requireEmptyFolder(folder, typed);
  const dependency = dependencyOf(values.package);
  const name = values['from-cli'];
  const fromCli = name === undefined ? undefined : channelFromCli(name, readGivenJson(name));
  const typedValues: Readonly<Record<string, unknown>> = values;
  const given = Object.fromEntries(
    options.flatMap(({ key, option }) => {
      const value = typedValues[option.slice('--'.length)];
      return typeof value === 'string' ? [[key, value]] : [];
    }),
  );
  const answers = await answersOf({ given, ...(fromCli && { file: knownFrom(fromCli) }) }, values.yes);
  const file = name === undefined || fromCli === undefined ? undefined : { name, channel: onEveryStage(fromCli, answers.region) };
  const surroundings = surroundingsOf(folder);
  const project = projectOf(answers, file, { path: surroundings.path, dependency, now: Date.now() });
  writeFiles(folder, typed, project.files);
  if (values.json) {
    const { files, moved, warnings } = project;
    printJson({ folder, files: [...files.keys()], package: dependency.spec, moved, warnings });
  } else report({ typed, folder, ...surroundings }, name, project);
  return exit.ok;
}

type Place = Surroundings & { readonly typed: string; readonly folder: string };

function report({ typed, folder, path, workspaces }: Place, file: string | undefined, { files, moved, warnings }: Project): void {
  console.log(`written to ${typed}:`);
  for (const name of files.keys()) console.log(`  ${name}`);
  if (moved.length > 0) console.log(`\n${file ?? 'the channel'} and the new channel differ:`);
  for (const { member, where } of moved) print(`  ${member}: ${where}`);
  for (const warning of warnings) printError(`channels.yml: warning: ${warning}`);
  if (path !== '.' || workspaces !== undefined) console.log('');
  if (path !== '.')
    console.log('GitHub reads workflows only in the top folder: move .github/workflows/deploy.yml to .github/workflows there.');
  if (workspaces !== undefined) {
    const project = relative(workspaces, folder).replaceAll(sep, '/');
    const places = relative(process.cwd(), join(workspaces, 'package.json'));
    console.log(`The project cannot be a workspace of npm: if ${places} has it in workspaces, add "!${project}" there.`);
  }
  console.log(`
Next:
  cd ${/^[\w./~-]+$/.test(typed) ? typed : `'${typed.replaceAll("'", "'\\''")}'`}
  npm install
  npm exec --no -- ota start    # the service on this machine${files.has(FIRST_RELEASE) ? ', and a first release' : ''}
  npm exec --no -- ota check    # after each change of channels.yml

README.md in the project explains the first deployment.`);
}

/** The answers that a file of the AWS CLI has. */
function knownFrom({ controlPlane, buckets: [bucket], region, format }: FromCli) {
  return { controlPlane, ...compact({ bucket, region, format }) };
}
