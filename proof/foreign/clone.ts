import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/installation.ts';
import { CODE, CONFIGURATION, copyService } from '../../scripts/service-copy.ts';
import { type Ended, run } from './commands.ts';

const SERVERLESS = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');

/** A folder from which a stage is deployed. Only one `serverless` can run in it at a time. */
export type Clone = {
  readonly folder: string;
  readonly stage: string;
  /** Runs `serverless` with the stage's options, as deploy.md says. */
  serverless(...args: readonly string[]): Promise<Ended>;
  /** Replaces a text in one of the files. Throws if the file does not have the text. */
  edit(file: string, from: string, to: string): void;
};

/**
 * Copies what is deployed below `temporary`, as a clone of the repository would be. `options` are added to every command, such as
 * `--param kmsKey=create`.
 */
export function cloneFor(stage: string, temporary: string, env: NodeJS.ProcessEnv, options: readonly string[] = []): Clone {
  const folder = mkdtempSync(join(temporary, `${stage}-`));
  copyService(folder, [...CONFIGURATION, ...CODE]);
  return cloneIn(folder, stage, (...args) =>
    run(process.execPath, [SERVERLESS, ...args, '--stage', stage, ...options], { cwd: folder, env }),
  );
}

/** A folder that exists, with the way to run `serverless` in it. */
export function cloneIn(folder: string, stage: string, serverless: Clone['serverless']): Clone {
  return {
    folder,
    stage,
    serverless,
    edit(file, from, to) {
      const text = readFileSync(join(folder, file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} has no longer the text ${JSON.stringify(from)}`);
      writeFileSync(
        join(folder, file),
        text.replace(from, () => to),
      );
    },
  };
}
