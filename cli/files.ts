/** A file in this folder that carries out one command. `run` gets the arguments after the command's name and answers the exit status. */
type Command = { readonly run: (args: readonly string[]) => Promise<number> };

/** Loads the file of each command. So a command loads only what it needs, and a bundler sees what there is. */
export const files: ReadonlyMap<string, () => Promise<Command>> = new Map<string, () => Promise<Command>>([
  ['plan', () => import('./plan.ts')],
  ['check', () => import('./check.ts')],
  ['status', () => import('./status.ts')],
  ['devices', () => import('./devices.ts')],
  ['rejected', () => import('./rejected.ts')],
  ['doctor', () => import('./doctor.ts')],
  ['console', () => import('./console.ts')],
  ['publish', () => import('./publish.ts')],
  ['promote', () => import('./promote.ts')],
  ['approve', () => import('./approve.ts')],
  ['deny', () => import('./deny.ts')],
  ['hold', () => import('./hold.ts')],
  ['resume', () => import('./resume.ts')],
  ['withdraw', () => import('./withdraw.ts')],
  ['redrive', () => import('./redrive.ts')],
  ['fault', () => import('./fault.ts')],
  ['diff', () => import('./diff.ts')],
  ['import-files', () => import('./import-files.ts')],
  ['start', () => import('./start.ts')],
  ['init', () => import('./init.ts')],
  ['completion', () => import('./completion.ts')],
]);
