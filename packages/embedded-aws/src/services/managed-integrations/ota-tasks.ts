import { randomUUID } from 'node:crypto';
import type { Execution } from '../../fleet/executions.ts';
import type { Schedule } from '../../fleet/job.ts';
import { partitionOf } from '../../partition.ts';
import { readDocumentSource } from '../rest-json/document-source.ts';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Failure, type Handlers, nothing } from '../rest-json/rest-json.ts';
import { createClientTokens } from './client-tokens.ts';
import { invalid, notFound, tokenConflict } from './failures.ts';
import { readJobSpec, readTaskSchedule } from './job-of-task.ts';
import { type CreateOtaTask, describeOtaTask, type OtaTask, summarizeOtaTask } from './ota-task.ts';
import type { MiWorld } from './world.ts';

const DEFAULT_PAGE = 100;

type Paging = { NextToken?: string; MaxResults?: number };
type Created = { readonly TaskId: string; readonly TaskArn: string; readonly Description: string | undefined };

/** The operations on OTA tasks and their executions. */
export function otaTaskHandlers(world: MiWorld): Handlers {
  const { assumptions, clock, tasks, jobs } = world;
  const tokens = createClientTokens<Created>(clock, assumptions.tokenLifetimeMilliseconds);
  let sequence = 0;

  const create = (input: CreateOtaTask, document: string, schedule: Schedule): OtaTask => {
    const id = randomUUID().replaceAll('-', '');
    const push = input.TaskConfigurationId === undefined ? undefined : world.configurations.get(input.TaskConfigurationId)?.push;
    const job = jobs.create(readJobSpec(id, input, push, document, schedule));
    const task: OtaTask = {
      id,
      arn: `${ownArns(world)}ota-task/${id}`,
      sequence: sequence++,
      request: input,
      job,
      createdAt: clock.now(),
      description: input.Description,
      taskConfigurationId: input.TaskConfigurationId,
      updatedAt: clock.now(),
      tags: new Map(Object.entries(input.Tags ?? {})),
    };
    tasks.set(id, task);
    const failed = world.options.faults?.takeCreateFailed('iotmanagedintegrations');
    if (failed !== undefined) jobs.run(id)?.cancel({ force: true, reasonCode: 'CREATE_FAILED', comment: failed.message });
    return task;
  };

  return {
    CreateOtaTask: (input: CreateOtaTask) => {
      const known = tokens.recall(input.ClientToken, input);
      if (known.kind === 'other' && assumptions.tokenMismatch === 'conflict') return tokenConflict;
      if (known.kind !== 'new') return { output: known.answer };
      const checked = checkCreate(world, input);
      if ('exception' in checked) return checked;
      const task = create(input, checked.document, checked.schedule);
      const answer = { TaskId: task.id, TaskArn: task.arn, Description: input.Description };
      tokens.remember(input.ClientToken, input, answer);
      return { output: answer };
    },

    GetOtaTask: ({ Identifier }: { Identifier: string }) => {
      const task = tasks.get(Identifier);
      return task === undefined ? notFound('OtaTask', Identifier) : { output: describeOtaTask(task) };
    },

    ListOtaTasks: (input: Paging) => {
      const visibleUntil = clock.now() - assumptions.listingLagMilliseconds;
      const newestFirst = [...tasks.values()].reverse().filter((task) => task.createdAt <= visibleUntil);
      const page = takePage(newestFirst, (task) => -task.sequence, input.MaxResults ?? DEFAULT_PAGE, input.NextToken);
      if (page === undefined) return badToken('ValidationException');
      return { output: { Tasks: page.items.map(summarizeOtaTask), NextToken: page.nextToken } };
    },

    UpdateOtaTask: (input: { Identifier: string; Description?: string; TaskConfigurationId?: string }) => {
      const task = tasks.get(input.Identifier);
      if (task === undefined) return notFound('OtaTask', input.Identifier);
      const unknown = checkConfiguration(world, input.TaskConfigurationId);
      if (unknown !== undefined) return unknown;
      task.description = input.Description ?? task.description;
      task.taskConfigurationId = input.TaskConfigurationId ?? task.taskConfigurationId;
      task.updatedAt = clock.now();
      return nothing;
    },

    DeleteOtaTask: ({ Identifier }: { Identifier: string }) => {
      if (!tasks.has(Identifier)) return notFound('OtaTask', Identifier);
      jobs.remove(Identifier, () => tasks.delete(Identifier));
      return nothing;
    },

    ListOtaTaskExecutions: (input: Paging & { Identifier: string }) => {
      const task = tasks.get(input.Identifier);
      if (task === undefined) return notFound('OtaTask', input.Identifier);
      const { executions } = task.job;
      const all = Array.from({ length: executions.size() }, (_, index) => index);
      const page = takePage(all, (index) => index, input.MaxResults ?? DEFAULT_PAGE, input.NextToken);
      if (page === undefined) return badToken('ValidationException');
      const ExecutionSummaries = page.items.map((index) => {
        const execution = executions.get(index);
        return { TaskExecutionSummary: summarizeExecution(execution), ManagedThingId: world.devices.nameOf(execution.device) };
      });
      return { output: { ExecutionSummaries, NextToken: page.nextToken } };
    },
  };
}

function checkCreate(world: MiWorld, input: CreateOtaTask): { readonly document: string; readonly schedule: Schedule } | Failure {
  const wrong = checkTargets(world, input) ?? checkConfiguration(world, input.TaskConfigurationId);
  if (wrong !== undefined) return wrong;
  const schedule = readTaskSchedule(input, { now: world.clock.now(), wall: world.clock.wall?.() ?? world.clock.now() });
  if (typeof schedule === 'string') return invalid(`OtaSchedulingConfig: ${schedule}`);
  const document = readDocument(world, input.S3Url);
  return document === undefined ? invalid(`S3Url ${input.S3Url} does not name a JSON document that can be read`) : { document, schedule };
}

/** How the ARNs of this account and Region begin. */
function ownArns({ options: { region, accountId } }: MiWorld): string {
  return `arn:${partitionOf(region).name}:iotmanagedintegrations:${region}:${accountId}:`;
}

function checkTargets(world: MiWorld, input: CreateOtaTask): Failure | undefined {
  const targets = input.Target ?? [];
  const { assumptions } = world;
  if (targets.length > assumptions.targetsMax) return invalid(`Target: at most ${assumptions.targetsMax} managed things`);
  const malformed = targets.find(
    (arn) => !/^arn:aws[a-z-]*:iotmanagedintegrations:[0-9a-zA-Z-]+:\d+:managed-thing\/[0-9a-zA-Z:_-]+$/.test(arn),
  );
  if (malformed !== undefined) return invalid(`Target: '${malformed}' is not the ARN of a managed thing`);
  const foreign = targets.find((arn) => !arn.startsWith(ownArns(world)));
  if (foreign !== undefined) return notFound('ManagedThing', foreign);
  if (assumptions.targetCombinations === 'any') return undefined;
  const once = input.OtaType === 'ONE_TIME';
  const fits = once
    ? targets.length > 0 && input.OtaTargetQueryString === undefined
    : targets.length === 0 && (input.OtaTargetQueryString ?? '') !== '';
  return fits
    ? undefined
    : invalid(once ? 'ONE_TIME takes Target and nothing else' : 'CONTINUOUS takes OtaTargetQueryString and nothing else');
}

function checkConfiguration(world: MiWorld, id: string | undefined): Failure | undefined {
  if (id === undefined || world.assumptions.taskConfigurations === 'any' || world.configurations.has(id)) return undefined;
  return notFound('OtaTaskConfiguration', id);
}

/** The text behind S3Url; `undefined` if it cannot be read or is not JSON. */
function readDocument(world: MiWorld, url: string): string | undefined {
  const text = readDocumentSource(world.options.objects, url);
  if (world.assumptions.documents === 'any') return text ?? '';
  try {
    return text !== undefined && typeof JSON.parse(text) === 'object' ? text : undefined;
  } catch {
    return undefined;
  }
}

function summarizeExecution(execution: Execution): Record<string, unknown> {
  return {
    ExecutionNumber: 1,
    LastUpdatedAt: execution.lastUpdatedAt / 1000,
    QueuedAt: execution.queuedAt / 1000,
    RetryAttempt: execution.attempt,
    StartedAt: execution.startedAt === undefined ? undefined : execution.startedAt / 1000,
    Status: execution.status,
  };
}
