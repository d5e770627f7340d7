import { cpSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkedChannels, writeChannels } from '../scripts/checked-channels.ts';
import { root as packageFolder } from '../scripts/installation.ts';
import { type MakeHandlers, pluginThat } from './plugin.ts';

/** The plugin of a package: it copies the handlers that were bundled when the package was made. */
export default pluginThat(copyHandlers(join(packageFolder, 'lib', 'handlers')));

/**
 * Copies the bundled handlers in `from` into dist/. It leaves everything else there alone, because the folder is the user's. What it
 * answers throws if dist/ is a link, because it would delete what is elsewhere.
 */
export function copyHandlers(from: string): MakeHandlers {
  return (options) => {
    const dist = join(options.root, 'dist');
    if (lstatSync(dist, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new Error(`${dist} is a link, so packaging would replace files elsewhere: remove the link`);
    for (const name of readdirSync(from)) rmSync(join(dist, name), { recursive: true, force: true });
    const channels = checkedChannels(options);
    cpSync(from, dist, { recursive: true });
    writeChannels(options.root, channels);
    options.say('dist/: the handlers of the package ota-dispatch');
  };
}
