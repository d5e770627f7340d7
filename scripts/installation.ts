import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Defined when the package is built, and nowhere else. */
declare const OTA_PACKED: boolean | undefined;

/** Defined when ota-dispatch-cli is built, and nowhere else. */
declare const OTA_SMALL: boolean | undefined;

/** Whether this is the package ota-dispatch-cli, which has no `start`, `init` and `diff`. */
export const isSmall: boolean = typeof OTA_SMALL !== 'undefined';

/** Whether this is the packed package. Otherwise it is a clone of the repository. */
export const isPacked: boolean = typeof OTA_PACKED !== 'undefined';

/** The folder of this version's own files: the root of the clone, or the installed package. */
export const root: string = nearestWith('package.json', import.meta.dirname) ?? resolve(import.meta.dirname, '..');

/** The folder of what the serverless.yml of a project includes, as a path below the project. */
export const PACKED_INFRASTRUCTURE = 'node_modules/ota-dispatch/lib/infrastructure';

/** The folder of the CloudFormation templates, as a path below the project. */
export const infrastructure: string = isPacked ? PACKED_INFRASTRUCTURE : 'infrastructure';

/**
 * The folder of the user's serverless.yml and channels.yml: the root of the clone, or the nearest folder with a serverless.yml at or
 * above the one in which the command runs. Without such a folder it is the one in which the command runs.
 */
export function projectFolder(): string {
  if (!isPacked) return root;
  return nearestWith('serverless.yml', process.cwd()) ?? process.cwd();
}

/** What a person types before the name of a command. In a project it never runs a program that a stranger has published. */
export const ota: string = isPacked ? (isInstalledIn(projectFolder()) ? 'npm exec --no -- ota' : 'ota') : 'npm run ota --';

/** What a program types before the name of a command, so that only the command prints. */
export const otaForPrograms: string = isPacked ? ota : 'npm run -s ota --';

/** What a person types before a command of the serverless CLI: only the one that is installed. A bare `npx` could fetch one of a stranger. */
export const serverless = 'npm exec --no -- serverless';

/** What a person types to start the local service. */
export function start(options = ''): string {
  if (isPacked) return `${ota} start${options === '' ? '' : ` ${options}`}`;
  return options === '' ? 'npm start' : `npm start -- ${options}`;
}

/** The words for a page of docs/, such as `how-to/deploy.md`: its path, which in a project leads into the package. */
export function page(name: string): string {
  if (!isPacked) return `docs/${name}`;
  const isThere = isInstalledIn(projectFolder()) && existsSync(join(root, 'lib/docs', name.replace(/#.*/, '')));
  return isThere ? `${relative(projectFolder(), root)}/lib/docs/${name}` : `docs/${name} of ota-dispatch`;
}

/** `file` is in this folder or in one above it. Undefined if it is in none. */
function nearestWith(file: string, folder: string): string | undefined {
  if (existsSync(join(folder, file))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : nearestWith(file, above);
}

function isInstalledIn(folder: string): boolean {
  return /^node_modules\b/.test(relative(folder, root));
}
