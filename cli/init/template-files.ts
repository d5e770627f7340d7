import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPacked, root } from '../../scripts/installation.ts';

/** Where the files are from which projects are made. */
const folder = isPacked ? join(root, 'lib', 'template') : join(import.meta.dirname, 'template');

/** The text of a file from which projects are made. */
export function templateFile(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** The text with a value in place of each `{{name}}`. Throws an Error for a name without a value. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template has no value for ${name}`);
    return value;
  });
}
