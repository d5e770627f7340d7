import { bundle } from '../scripts/bundle.ts';

/** Lets `serverless package` and `serverless deploy` bundle the handlers themselves: there is no way to ship a stale dist/. */
export default class BundlePlugin {
  constructor(serverless, _options, { log }) {
    const run = async () => {
      try {
        await bundle({ root: serverless.serviceDir, channels: serverless.service.custom.channels, say: (line) => log.notice(line) });
      } catch (error) {
        // One of the CLI's own errors is printed without a stack: what is wrong is in the message.
        throw new serverless.classes.Error(error.message, 'BUNDLING_FAILED');
      }
    };
    this.hooks = { 'before:package:createDeploymentArtifacts': run, 'before:package:function:package': run };
  }
}
