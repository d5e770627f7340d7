import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from './command.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** What to do where there is none. */
export const NO_CHROMIUM = 'there is no Chromium: install the package chromium, or name a Chromium or Chrome in CHROME_PATH';

/** The path of a Chromium. Undefined if there is none. Throws UsageError if CHROME_PATH names a file that cannot be run. */
export function findChromium(): string | undefined {
  const given = process.env['CHROME_PATH'];
  if (given !== undefined && given !== '') {
    if (isProgram(given)) return given;
    throw new UsageError(`CHROME_PATH names ${given}, which is not a program`);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
