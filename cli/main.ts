import module from 'node:module';
import { carryOnWithoutReader, exit, nodeProblem, signals } from '../scripts/command.ts';
import { runOta } from './ota.ts';
import { reportError } from './report-error.ts';

// A command takes half the time if Node need not compile it again. Node 20 cannot keep what it has compiled.
module.enableCompileCache?.();
// On Node 20 the AWS SDK warns that its later versions need a newer Node. The package has the SDK bundled, so its version stays.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

carryOnWithoutReader();
// A part of a command that has something to say or to stop then listens, too, and ends the process itself.
for (const [signal, status] of Object.entries(signals))
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(status);
  });
// An error outside of every command, such as that of a socket, would print a stack.
process.on('uncaughtException', (error) => process.exit(reportError('ota', error).code));
const problem = nodeProblem();
if (problem === undefined) process.exitCode = await runOta(process.argv.slice(2));
else {
  console.error(`ota: ${problem}`);
  process.exitCode = exit.usage;
}
