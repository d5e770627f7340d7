import { carryOnWithoutReader, exit, nodeProblem, usageProblem } from '../scripts/command.ts';
import { start } from '../scripts/installation.ts';
import { helpOf, PortTaken, startService } from './start.ts';

/** Runs the local service and reports an error in one line. Answers the exit status. */
async function run(args: readonly string[]): Promise<number> {
  try {
    return await startService(args, helpOf(`${start()} --`));
  } catch (error) {
    const problem = usageProblem(error);
    if (problem !== undefined) {
      console.error(`${start()}: ${problem}; see ${start('--help')}`);
      return exit.usage;
    }
    const message = error instanceof Error ? error.message : String(error);
    console.error(`${start()}: ${message}${error instanceof PortTaken ? '' : '; OTA_DEBUG=1 prints the stack'}`);
    if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
    return exit.failed;
  }
}

carryOnWithoutReader();
const problem = nodeProblem();
if (problem === undefined) process.exitCode = await run(process.argv.slice(2));
else {
  console.error(`${start()}: ${problem}`);
  process.exitCode = exit.failed;
}
