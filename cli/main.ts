import { enableCompileCache } from 'node:module';
import { carryOnWithoutReader, exit, nodeProblem, signals } from '../scripts/command.ts';
import { ota } from './ota.ts';
import { reportError } from './report-error.ts';

// A command takes half the time if Node need not compile it again.
enableCompileCache();

carryOnWithoutReader();
// A part of a command that has something to say or to stop then listens, too, and ends the process itself.
for (const [signal, status] of Object.entries(signals))
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(status);
  });
// An error outside of every command, such as that of a socket, would print a stack.
process.on('uncaughtException', (error) => process.exit(reportError('ota', error).code));
const problem = nodeProblem();
if (problem === undefined) process.exitCode = await ota(process.argv.slice(2));
else {
  console.error(`ota: ${problem}`);
  process.exitCode = exit.usage;
}
