import { argumentProblem, exit, UsageError } from '../scripts/command.ts';

/** A file in this folder that carries one command. `run` gets the arguments after the command's name and answers the exit status. */
type Command = { readonly run: (args: readonly string[]) => Promise<number> };

const commands: Readonly<Record<string, string>> = {
  check: 'validate channels.yml',
  plan: 'show the AWS requests of a release without sending them',
  publish: 'put a release on the bus and follow it to its end',
  promote: 'publish an accepted release to a further channel',
  withdraw: 'stop every live rollout of a release, and block the release',
  status: 'show rollouts: state, device counts, AWS ids, and why',
  rejected: 'show what was rejected, and why',
  redrive: 'send messages of the rejected queue or a dead-letter queue again',
  doctor: 'check whether an AWS account is ready for a stage',
  'import-files': 'write the files that import what survived of a stage',
  fault: 'make requests to the local AWS fail',
};

const help = `Usage: npm run ota -- COMMAND [OPTIONS]

${Object.entries(commands)
  .map(([name, summary]) => `  ${name.padEnd(12)} ${summary}`)
  .join('\n')}

See COMMAND --help for the options. Exit status: 0 done, 1 rejected or failed, 2 wrong usage.`;

/** Runs the command that the arguments name and answers its exit status. An error becomes one line on stderr. */
export async function ota([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(help);
    return name === undefined ? exit.usage : exit.ok;
  }
  if (!Object.hasOwn(commands, name)) {
    console.error(`ota: there is no command ${JSON.stringify(name)}: use ${Object.keys(commands).join(', ')}`);
    return exit.usage;
  }
  try {
    const command: Command = await import(new URL(`${name}.ts`, import.meta.url).href);
    return await command.run(args);
  } catch (error) {
    const { line, code } = explain(error);
    console.error(`ota ${name}: ${line}`);
    if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
    return code;
  }
}

/** An error as one line for a person, and the exit status. Adds a remedy to errors of Node and the AWS SDK that do not name one. */
function explain(error: unknown): { readonly line: string; readonly code: number } {
  const problem = argumentProblem(error);
  if (problem !== undefined) return { line: `${problem}; see --help`, code: exit.usage };
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  if (message === 'Region is missing')
    return { line: 'no region: a deployed stage needs AWS_REGION, and AWS_PROFILE or other credentials', code: exit.usage };
  return { line: message, code: error instanceof UsageError ? exit.usage : exit.failed };
}
