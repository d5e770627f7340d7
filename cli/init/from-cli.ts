import { documentedJobInput, documentedOTAUpdateInput, documentedOtaTaskInput, formatPath, isRecord } from 'aws-ota-models';
import type { TemplateName } from '../../domain/channels/template-name.ts';
import { type JsonObject, objectOf } from '../../domain/channels/template-shape.ts';
import { UsageError } from '../../scripts/command.ts';
import { takeJob } from './from-cli/job.ts';
import type { Taken } from './from-cli/members.ts';
import { takeOtaTask } from './from-cli/ota-task.ts';
import { takeOtaUpdate } from './from-cli/ota-update.ts';
import { placeOfFirstTarget, stageVariables } from './stage-variables.ts';
import { withoutEmptyTexts } from './without-empty-texts.ts';

/** What a file for `--cli-input-json` of the AWS CLI says of a channel. */
export type FromCli = Taken & {
  readonly controlPlane: TemplateName;
  /** The Region of its first target. */
  readonly region?: string;
};

type Command = { readonly command: string; readonly members: JsonObject; readonly take: (request: JsonObject) => Taken };
const commands: Readonly<Record<TemplateName, Command>> = {
  createOTAUpdate: { command: 'iot create-ota-update', members: documentedOTAUpdateInput.members, take: takeOtaUpdate },
  createJob: { command: 'iot create-job', members: documentedJobInput.members, take: takeJob },
  createOtaTask: {
    command: 'iot-managed-integrations create-ota-task',
    members: documentedOtaTaskInput.members,
    take: takeOtaTask,
  },
};

/**
 * The channel in a file for `--cli-input-json` of the AWS CLI. Its members show which command it is for. The channel gets every member that
 * a channel can have, and `moved` names every other one. What no channel can have stays in the request, so that `ota check` refuses it in its
 * own words. Throws UsageError if the file is for no command that starts an update, or has a value of a wrong kind. `name` is its name for
 * messages.
 */
export function channelFromCli(name: string, given: unknown): FromCli {
  if (!isRecord(given)) throw new UsageError(`${name} must be one JSON object, as --cli-input-json takes it`);
  const controlPlane = controlPlaneOf(name, given);
  const { value, empty } = withoutEmptyTexts(given);
  const { moved, ...others } = taken(name, () => commands[controlPlane].take(objectOf(value)));
  const region = placeOfFirstTarget(others.request)?.region;
  return {
    controlPlane,
    ...others,
    moved: [...empty.map((path) => ({ member: formatPath(path), where: 'is empty, as in a skeleton of the AWS CLI: left out' })), ...moved],
    ...(region !== undefined && { region }),
  };
}

/**
 * The same channel with the variables of channels.yml in the ARNs of its first target's account, if they are of this Region. So it works on
 * every stage, and on the local one.
 */
export function onEveryStage(file: FromCli, region: string): FromCli {
  const { request, changed, account } = stageVariables(file.request, region);
  const member = changed === 1 ? '1 ARN' : `${changed} ARNs`;
  const moved = { member, where: `of account ${account} in ${region}: now with variables, for every stage` };
  return { ...file, request, moved: changed === 0 ? file.moved : [...file.moved, moved] };
}

/** What `take` answers. A UsageError gets the name of the file. */
function taken(name: string, take: () => Taken): Taken {
  try {
    return take();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${name} cannot become a channel: ${error.message}`) : error;
  }
}

/** The request whose own members the file has. Throws UsageError if it has members of none, or of several. */
function controlPlaneOf(name: string, given: JsonObject): TemplateName {
  const names = Object.keys(commands) as TemplateName[];
  const isOnlyOf = (member: string, own: TemplateName) =>
    names.every((other) => Object.hasOwn(commands[other].members, member) === (other === own));
  const found = names.filter((own) => Object.keys(given).some((member) => isOnlyOf(member, own)));
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  const known = names.map((each) => `aws ${commands[each].command}`).join(', ');
  const why = only === undefined ? 'has no member of a request that starts an update' : `has members of ${found.join(' and ')}`;
  throw new UsageError(`${name} ${why}: name a file for --cli-input-json of ${known}`);
}
