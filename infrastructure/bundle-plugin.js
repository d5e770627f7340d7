import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../scripts/bundle.ts';
import { holdExclusively } from '../scripts/exclusive.ts';

/** The commands that write dist/ and .serverless/, or read what they have written there until they end. */
const PACKAGING = ['package', 'deploy', 'deploy function'];

/**
 * Lets `serverless package` and `serverless deploy` bundle the handlers themselves: there is no way to ship a stale dist/. One
 * waits for the other, since osls always packages in .serverless/. With `--package FOLDER` the bundles are in FOLDER too.
 */
export default class BundlePlugin {
  constructor(serverless, options, { log }) {
    const root = serverless.serviceDir;
    const say = (line) => log.notice(line);
    // One of the CLI's own errors is printed without a stack: what is wrong is in the message.
    const told = (run) => async () => {
      try {
        await run();
      } catch (error) {
        throw new serverless.classes.Error(error.message, 'PACKAGING_FAILED');
      }
    };
    const bundleHandlers = told(() => bundle({ root, channels: serverless.service.custom.channels, say }));
    this.hooks = {
      initialize: told(async () => {
        if (!PACKAGING.includes(serverless.processedInput.commands.join(' '))) return;
        await holdExclusively(join(root, '.local', 'packaging.lock'), 'waiting until another packaging in this folder has ended', say);
      }),
      'before:package:createDeploymentArtifacts': bundleHandlers,
      'before:package:function:package': bundleHandlers,
      'after:package:finalize': told(() => {
        if (!options.package) return;
        rmSync(join(options.package, 'dist'), { recursive: true, force: true });
        cpSync(join(root, 'dist'), join(options.package, 'dist'), { recursive: true });
      }),
    };
  }
}
