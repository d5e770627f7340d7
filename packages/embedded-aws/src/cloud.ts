import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { defaultAccount } from './account-default.ts';
import { createRealClock } from './clock.ts';
import type { CloudFormationAssumptions } from './cloudformation-assumptions.ts';
import { defaultLambdaAssumptions, type LambdaAssumptions } from './lambda/assumptions.ts';
import { type Mapping, mappingClient, startMapping } from './lambda/event-source-mapping.ts';
import { createFunction, type Invocation, type LambdaFunction, type LogLine } from './lambda/lambda-process.ts';
import { startSchedule } from './lambda/schedule.ts';
import { type Provisioned, provision } from './provision.ts';
import { type RunningServices, type ServicesOptions, startServices } from './services.ts';
import type { Template } from './template.ts';

export { type RunningServices, type ServicesOptions, startServices } from './services.ts';

export type CloudOptions = Omit<ServicesOptions, 'clock'> & {
  /** The file of the compiled CloudFormation template (JSON). */
  readonly templateFile: string;
  /** The folder that the handlers are relative to. */
  readonly codeDirectory: string;
  /** How many times faster than real time the fleet, asynchronous creation and schedules run, unless there is a `worldClock`. */
  readonly timeFactor?: number;
  /** Environment variables that every function gets, over its own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Resources without a name of their own are named after it. */
  readonly stackName: string;
  /** Values of the template's parameters, over their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Assumptions about Lambda, where AWS does not document it. */
  readonly lambda?: Partial<LambdaAssumptions> | undefined;
  /** Assumptions about CloudFormation, where AWS does not document it. */
  readonly cloudFormation?: Partial<CloudFormationAssumptions> | undefined;
  /** Is called with every line that the functions write, and with warnings about them. */
  readonly onLog?: (line: LogLine) => void;
};

export type Cloud = RunningServices & {
  readonly provisioned: Provisioned;
  /** Runs a function by its name, as Lambda's Invoke would. Throws if there is no function of that name. */
  invoke(functionName: string, event: unknown): Promise<Invocation>;
  /** The ids of a function's processes, for tests that kill them. */
  processIds(functionName: string): number[];
};

/** How long running batches may take when the cloud stops. After that their processes are ended. */
const GRACE_MILLISECONDS = 5000;

/**
 * The embedded AWS with a stack in it. The resources of the template are made over the wire. Its functions run in
 * processes of their own, fed by event source mappings and schedules. Everything is in memory.
 * @throws if the port is taken, if the template has a resource that cannot be made, or if a bundle is missing
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const template = JSON.parse(await readFile(options.templateFile, 'utf8')) as Template;
  const onLog = options.onLog ?? (() => undefined);
  const clock = createRealClock({ factor: options.timeFactor ?? 1 });
  const services = await startServices({ ...options, worldClock: options.worldClock ?? clock });
  const { endpoint, region, accountId } = services;
  const functions = new Map<string, LambdaFunction>();
  const mappings: Mapping[] = [];
  const schedules: { stop(): void }[] = [];
  const client = mappingClient({ endpoint, region });
  const warn = (functionName: string) => (message: string) =>
    onLog({ functionName, processId: process.pid, stream: 'stderr', line: JSON.stringify({ level: 'WARN', message }) });

  async function stop(): Promise<void> {
    for (const schedule of schedules) schedule.stop();
    services.endLongPolls();
    const drained = Promise.all(mappings.map((mapping) => mapping.stop()));
    const grace = new Promise<void>((resolve) => setTimeout(resolve, GRACE_MILLISECONDS).unref());
    await Promise.race([drained, grace]);
    await Promise.all([...functions.values()].map((each) => each.stop()));
    await drained;
    client.destroy();
    await services.stop();
    clock.stop();
  }

  const find = (name: string): LambdaFunction => {
    const found = functions.get(name);
    if (found === undefined) throw new RangeError(`there is no function ${name}; the functions are ${[...functions.keys()].join(', ')}`);
    return found;
  };

  try {
    const provisioned = await provision(template, {
      accountId,
      region,
      endpoint,
      stackName: options.stackName,
      parameters: options.parameters ?? {},
      codeDirectory: options.codeDirectory,
      cloudFormation: options.cloudFormation,
    });
    const assumptions = { ...defaultLambdaAssumptions, ...options.lambda };
    services.account.replace(defaultAccount(services, provisioned.stack));
    for (const each of provisioned.functions) {
      const environment = { ...each.environment, ...options.environment };
      functions.set(each.name, createFunction({ ...each, environment, region, endpoint, assumptions, onLog }));
    }
    for (const each of provisioned.mappings) {
      const { invoke } = find(each.functionName);
      mappings.push(startMapping({ ...each, client, region, invoke, onTrouble: warn(each.functionName) }));
    }
    for (const each of provisioned.schedules) {
      const run = async () => {
        const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
        const event = {
          version: '0',
          id: randomUUID(),
          'detail-type': 'Scheduled Event',
          source: 'aws.events',
          account: accountId,
          time,
          region,
          resources: [each.arn],
          detail: {},
        };
        const invocation = await find(each.functionName).invoke(each.input ?? event);
        if (!invocation.ok) warn(each.functionName)(`a scheduled run failed: ${invocation.errorType}: ${invocation.errorMessage}`);
      };
      schedules.push(startSchedule(services.worldClock, each.milliseconds, run, (error) => warn(each.functionName)(String(error))));
    }
    return {
      ...services,
      provisioned,
      invoke: (name, event) => find(name).invoke(event),
      processIds: (name) => find(name).processIds(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
