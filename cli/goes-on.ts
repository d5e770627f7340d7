import { NotProcessed } from '../operator/actions/answer.ts';
import { localEndpoint, type Stage } from '../operator/stage/stage.ts';
import { signals } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { clearProgress } from '../scripts/progress.ts';

type NamedStage = Pick<Stage, 'name' | 'endpoint' | 'isLocal'>;
type Release = { readonly product: string; readonly version: string };

/** The command that shows a release again: `npm run ota -- status thermostat 2.5.0 --stage prod`. */
export function statusCommand(stage: NamedStage, { product, version }: Release): string {
  return productCommand(stage, `${product} ${version}`);
}

/** The command that shows a product again: `npm run ota -- status thermostat --stage prod`. */
export function productCommand(stage: NamedStage, product: string): string {
  return `${ota} status ${product}${optionsOf(stage)}`;
}

/** The options that name a stage, unless it is the one without options. */
function optionsOf({ name, endpoint, isLocal }: NamedStage): string {
  const stage = name === 'local' ? '' : ` --stage ${name}`;
  const other = isLocal && endpoint !== undefined && endpoint !== localEndpoint(undefined) ? ` --endpoint ${endpoint}` : '';
  return `${stage}${other}`;
}

/** The command that shows which devices of a release failed, and why: `npm run ota -- devices thermostat 2.5.0 --stage prod`. */
export function devicesCommand(stage: NamedStage, { product, version }: Release): string {
  return `${ota} devices ${product} ${version}${optionsOf(stage)}`;
}

/** What is true of a published event if `error` has ended the command that followed it, and how to look again. */
export function noteOn(error: unknown, goesOn: string, command: string): string {
  if (!(error instanceof NotProcessed)) return goesOn;
  return `SQS delivers a message that failed again after 6 minutes; look again with ${command}`;
}

/**
 * Does `work`. A person may stop the command meanwhile, such as with Ctrl-C. Then it prints `line` to stderr and ends the
 * process with the exit status of the signal.
 */
export async function orStopped<T>(line: string, work: () => Promise<T>): Promise<T> {
  const handlers = Object.entries(signals).map(([signal, status]) => {
    const handle = (): void => {
      clearProgress();
      console.error(`\n${line}`);
      process.exit(status);
    };
    process.once(signal, handle);
    return () => process.off(signal, handle);
  });
  try {
    return await work();
  } finally {
    for (const remove of handlers) remove();
  }
}
