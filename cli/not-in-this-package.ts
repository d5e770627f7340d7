import { UsageError } from '../scripts/command.ts';

/** Takes the place of start, init and diff in ota-dispatch-cli. Throws UsageError, which names the package that has them. */
export async function run(): Promise<never> {
  throw new UsageError('ota-dispatch-cli does not have this command: install the package ota-dispatch, which has it');
}
