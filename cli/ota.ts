import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../domain/json/nearest.ts';
import { exit } from '../scripts/command.ts';
import { root } from '../scripts/given-file.ts';
import { printError } from '../scripts/layout.ts';
import { explain } from './explain.ts';

/** A file in this folder that carries one command. `run` gets the arguments after the command's name and answers the exit status. */
type Command = { readonly run: (args: readonly string[]) => Promise<number> };

/** What a command does, and one command line with it, for the help. */
type Description = { readonly summary: string; readonly example: string };

const commands: Readonly<Record<string, Description>> = {
  check: { summary: 'validate channels.yml', example: 'check --stage prod --account 123456789012' },
  plan: {
    summary: 'show the AWS requests of a release without sending them',
    example: 'plan release.json --stage prod --account 123456789012',
  },
  publish: {
    summary: 'put a release on the bus and follow it to its end',
    example: 'publish release.json --upload app.bin --stage prod',
  },
  promote: { summary: 'publish an accepted release to a further channel', example: 'promote thermostat 2.4.1 --to stable --stage prod' },
  withdraw: {
    summary: 'stop every live rollout of a release, and block the release',
    example: 'withdraw thermostat 2.4.1 --reason MOTOR_STALL --comment "Motor stalls at -10 °C" --stage prod',
  },
  approve: {
    summary: 'approve a release for a channel whose gate asks for it',
    example: 'approve thermostat 2.4.1 stable --comment "Release board 2026-48" --stage prod',
  },
  deny: {
    summary: 'say no to a release on a channel',
    example: 'deny thermostat 2.4.1 stable --comment "Motor stalls at -10 °C" --stage prod',
  },
  hold: {
    summary: 'stop the line: create nothing new on a product or channel',
    example: 'hold thermostat stable --reason "Loses its network" --stage prod',
  },
  resume: { summary: 'end holds of a product or channel', example: 'resume thermostat stable --stage prod' },
  status: { summary: 'show rollouts: state, device counts, AWS ids, and why', example: 'status thermostat 2.4.1 --stage prod' },
  devices: {
    summary: 'show which devices are in which state, and why they failed',
    example: 'devices thermostat 2.4.1 beta --state FAILED --stage prod',
  },
  rejected: {
    summary: 'show what was rejected, why, and who sent it',
    example: 'rejected --stage prod',
  },
  redrive: {
    summary: 'send messages of the rejected queue or a dead-letter queue again',
    example: 'redrive --queue follow-ups --stage prod',
  },
  doctor: { summary: 'check whether an AWS account is ready for a stage', example: 'doctor --stage prod' },
  'import-files': {
    summary: 'write the files that import what survived of a stage',
    example: 'import-files --stage prod',
  },
  fault: {
    summary: 'make requests to the local AWS fail',
    example: 'fault throttle --service sqs --times 3',
  },
};

const help = `Usage: npm run ota -- COMMAND [OPTIONS]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  .join('\n')}

  --version      print the version

See COMMAND --help for the options. Exit status: 0 done, 1 rejected or failed, 2 wrong usage.
npm prints two lines before the output. For a program, type npm run -s ota -- COMMAND --json.`;

/** Runs the command that the arguments name and answers its exit status. An error becomes one line on stderr. */
export async function ota([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(help);
    return name === undefined ? exit.usage : exit.ok;
  }
  if (name === '--version' || name === 'version') {
    console.log(`ota-dispatch ${version()}`);
    return exit.ok;
  }
  const description = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (description === undefined) {
    const names = Object.keys(commands);
    const meant = nearest(name, names);
    const hint = meant === undefined ? `use ${names.join(', ')}` : `did you mean ${meant}?`;
    console.error(`ota: there is no command ${JSON.stringify(name)}: ${hint}`);
    return exit.usage;
  }
  try {
    const command: Command = await import(new URL(`${name}.ts`, import.meta.url).href);
    const code = await command.run(args);
    if (args.some((arg) => arg === '--help' || arg === '-h')) console.log(`\nExample: npm run ota -- ${description.example}`);
    return code;
  } catch (error) {
    const { line, code } = explain(error, process.env);
    printError(`ota ${name}: ${line}`);
    if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
    return code;
  }
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
