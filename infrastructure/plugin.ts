import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChannelsOptions } from '../scripts/checked-channels.ts';
import { holdExclusively } from '../scripts/exclusive.ts';
import { checkPolicySizes, type Template } from '../scripts/policy-size.ts';
import { nameFaults } from './parameters.ts';

/** The members of osls that the plugin uses. osls has no types of its own. */
type Osls = {
  readonly serviceDir: string;
  readonly processedInput: { readonly commands: readonly string[]; readonly options: { readonly param?: readonly string[] } };
  /** The content of serverless.yml. */
  readonly configurationInput: { readonly params?: unknown };
  readonly service: {
    readonly custom: { readonly channels: string; readonly busStatement: string };
    /** The stage and region of serverless.yml, with `--region` already in it. */
    readonly provider: { readonly stage: string; readonly region: string; readonly compiledCloudFormationTemplate: Template };
  };
  /** osls prints an error of this class without its stack. */
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
};
type Options = { readonly package?: string; readonly stage?: string };
type Writers = { readonly log: { readonly notice: (line: string) => void } };

/** The commands that write dist/ and .serverless/, or that read them until they end. */
const PACKAGING = ['package', 'deploy', 'deploy function'];

/** A file that every package has. */
const TEMPLATE = 'cloudformation-template-update-stack.json';

/** osls deletes the folder of a package first. Throws if it has other files than those of an earlier package. */
function refuseToReplace(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length > 0 && !names.includes(TEMPLATE))
    throw new Error(`packaging would delete what is in ${folder}: give a folder that is empty, not there, or an earlier package`);
}

/** Writes the code of each function and the checked channels file into dist/ of the service. @throws if it cannot, saying why */
export type MakeHandlers = (options: ChannelsOptions) => unknown;

/**
 * The plugin of osls that makes dist/ by `make` whenever `serverless package` or `serverless deploy` runs, so that nobody can deploy
 * a stale dist/. A second packaging in the same folder waits for the first, because osls always packages into .serverless/. With
 * `--package FOLDER` the plugin also copies the code into FOLDER. It refuses a folder with other files, because osls would delete them. It refuses a template whose role policies IAM would refuse.
 * It refuses parameters that do not exist, which osls would ignore. It prints what the owner of a bus that exists already must add.
 */
export const pluginThat = (make: MakeHandlers) =>
  class OtaPlugin {
    readonly hooks: Readonly<Record<string, () => Promise<void>>>;

    constructor(serverless: Osls, options: Options, { log }: Writers) {
      const { serviceDir: root, configurationInput, processedInput } = serverless;
      const given = { params: configurationInput.params, options: processedInput.options.param ?? [] };
      const faults = nameFaults(given);
      if (faults.length > 0) throw new serverless.classes.Error(faults.join('\n'), 'WRONG_PARAMETERS');
      const say = (line: string) => log.notice(line);
      const withoutStack = (run: () => unknown) => async () => {
        try {
          await run();
        } catch (error) {
          throw new serverless.classes.Error(error instanceof Error ? error.message : String(error), 'PACKAGING_FAILED');
        }
      };
      const makeHandlers = withoutStack(() => {
        const { custom, provider } = serverless.service;
        return make({ root, channels: custom.channels, stage: options.stage ?? provider.stage, region: provider.region, say });
      });
      this.hooks = {
        initialize: withoutStack(async () => {
          const typed = serverless.processedInput.commands.join(' ');
          if (!PACKAGING.includes(typed)) return;
          if (typed === 'package' && options.package !== undefined) refuseToReplace(options.package);
          await holdExclusively(join(root, '.local', 'packaging.lock'), 'waiting until another packaging in this folder has ended', say);
        }),
        'before:package:createDeploymentArtifacts': makeHandlers,
        'before:package:function:package': makeHandlers,
        'after:aws:package:finalize:stripNullPropsFromTemplateResources': withoutStack(() => {
          const { compiledCloudFormationTemplate, region } = serverless.service.provider;
          checkPolicySizes(compiledCloudFormationTemplate, region);
          const { busStatement } = serverless.service.custom;
          if (busStatement !== '') say(busStatement);
        }),
        'after:package:finalize': withoutStack(() => {
          if (options.package === undefined) return;
          rmSync(join(options.package, 'dist'), { recursive: true, force: true });
          cpSync(join(root, 'dist'), join(options.package, 'dist'), { recursive: true });
        }),
      };
    }
  };
