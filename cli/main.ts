import { enableCompileCache } from 'node:module';
import { exit, nodeProblem } from '../scripts/command.ts';
import { ota } from './ota.ts';

// A command takes half the time if Node need not compile it again.
enableCompileCache();

const problem = nodeProblem();
if (problem === undefined) process.exitCode = await ota(process.argv.slice(2));
else {
  console.error(`ota: ${problem}`);
  process.exitCode = exit.usage;
}
