import { enableCompileCache } from 'node:module';
import { type Command, exit, UsageError } from './command.ts';

// A command takes half the time when Node need not compile it again.
enableCompileCache();

const commands: Readonly<Record<string, string>> = {
  check: 'is channels.yml right?',
  plan: 'what would AWS be asked for this release?',
  publish: 'put a release on the bus and follow it to its end',
  withdraw: 'stop a release wherever it is live, and block it',
  status: 'rollouts: state, counts, AWS ids, why',
  rejected: 'what was refused and why',
  redrive: 'send refused or stranded messages round again',
  fault: 'make the local service fail on request',
};

const help = `Usage: npm run ota -- COMMAND [OPTIONS]

${Object.entries(commands)
  .map(([name, summary]) => `  ${name.padEnd(9)} ${summary}`)
  .join('\n')}

COMMAND --help tells the options of a command. Exit codes: 0 done, 1 refused or failed, 2 not understood.`;

/** Runs what the arguments ask for and answers the exit code; errors are one line on stderr. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(help);
    return name === undefined ? exit.usage : exit.ok;
  }
  if (!Object.hasOwn(commands, name)) {
    console.error(`ota: no command ${JSON.stringify(name)}; there are ${Object.keys(commands).join(', ')}`);
    return exit.usage;
  }
  try {
    const command: Command = await import(new URL(`${name}.ts`, import.meta.url).href);
    return await command.run(args);
  } catch (error) {
    console.error(`ota ${name}: ${tell(error)}`);
    if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
    return isUsage(error) ? exit.usage : exit.refused;
  }
}

/** An error in one line: what a person can do about it comes first, where Node or the AWS SDK leave that open. */
function tell(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  if (isWrongArgument(error)) return `${message.split('. ', 1)[0]?.replace(/\.$/, '')}; --help tells what there is`;
  if (isWithoutRegion(error)) return 'no region: set AWS_REGION, and AWS_PROFILE or other credentials, for a deployed stage';
  return message;
}

function isUsage(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  return isWrongArgument(error) || isWithoutRegion(error);
}

function isWithoutRegion(error: unknown): boolean {
  return error instanceof Error && error.message === 'Region is missing';
}

function isWrongArgument(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

const oldest = 24;
if (Number(process.versions.node.split('.', 1)[0]) < oldest) {
  console.error(`ota: Node ${oldest} or newer is needed, this is ${process.versions.node}; npm run brings its own`);
  process.exitCode = exit.usage;
} else {
  process.exitCode = await main(process.argv.slice(2));
}
