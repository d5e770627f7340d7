import { bundle } from '../scripts/bundle.ts';

/** Lets `serverless package` and `serverless deploy` bundle the handlers themselves: there is no way to ship a stale dist/. */
export default class BundlePlugin {
  constructor(serverless, _options, { log }) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': async () => {
        await bundle({ root: serverless.serviceDir, channels: serverless.service.custom.channels, say: (line) => log.notice(line) });
      },
    };
  }
}
