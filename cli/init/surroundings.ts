import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { isRecord } from 'aws-ota-models';

/** What is above the folder of a new project. */
export type Surroundings = {
  /** The path of the project in its repository, with `/`. It is `.` in the top folder, and where no repository is. */
  readonly path: string;
  /** The folder of the nearest package.json above with workspaces, if there is one. */
  readonly workspaces?: string;
};

/** The repository and the workspaces of npm in which a folder is, whether it exists or not. */
export function surroundingsOf(folder: string): Surroundings {
  const repository = [folder, ...above(folder)].find((each) => existsSync(join(each, '.git')));
  const workspaces = above(folder).find(hasWorkspaces);
  const path = repository === undefined ? '' : relative(repository, folder).replaceAll(sep, '/');
  return { path: path === '' ? '.' : path, ...(workspaces !== undefined && { workspaces }) };
}

/** The folders above, the nearest first. */
function above(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [parent, ...above(parent)];
}

function hasWorkspaces(folder: string): boolean {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return isRecord(content) && content['workspaces'] !== undefined;
  } catch {
    return false;
  }
}
