import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { Context } from '../../console/server/context.ts';
import { failure } from '../../console/server/failure.ts';
import { allRoutes } from '../../console/server/serve.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { configurationOf } from '../../operator/stage/configuration.ts';
import { openStage, type Stage } from '../../operator/stage/stage.ts';
import { hasSettled, openStageInTime, type StageOptions } from '../../proof/stage/stage-in-time.ts';
import { channelYaml } from '../support/channel-yaml.ts';

/** A channel of a channels.yml, with a thing group of its own. */
export const channelText = (product: string, name: string, more = '', targetSelection: 'CONTINUOUS' | 'SNAPSHOT' = 'SNAPSHOT') =>
  channelYaml(name, { group: `${product}-${name}`, targetSelection, more });

/** A stage in virtual time, and the routes of a console of it, which are asked in this process. */
export async function openReading(options: StageOptions & { readonly channels: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'ota-console-'));
  const file = join(folder, 'channels.yml');
  writeFileSync(file, options.channels);
  const stage = await openStageInTime(options);
  const listening = await stage.aws.listen();
  const sandbox = stage.sandbox();

  /** A console that was just started, so that it remembers nothing. `changes` come on top of its stage. */
  function console(changes: Partial<Stage> = {}) {
    const opened: Stage = { ...openStage({ stage: 'local', endpoint: listening.endpoint }), ...changes };
    const context: Context = {
      stage: opened,
      isReadOnly: true,
      configuration: () => configurationOf(opened, file),
      now: () => Date.now(),
    };
    const app = new Hono();
    app.onError((error, c) => failure(c, error, { endpoint: opened.endpoint, report: () => undefined }));
    for (const routes of allRoutes) app.route('/api', routes(context));
    const ask = async (path: string, init?: RequestInit) => {
      const answer = await app.request(`/api/${path}`, init);
      return { status: answer.status, body: (await answer.json().catch(() => undefined)) as unknown };
    };
    return {
      ask,
      /** Throws if the answer is a failure. */
      async get<T>(path: string): Promise<T> {
        const { status, body } = await ask(path);
        if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
        return body as T;
      },
      post: (path: string, body: unknown = {}) =>
        ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    };
  }

  const isAtRest = (row: Rollout): boolean => {
    if (row.state === 'WAITING' || row.waits !== undefined) return true;
    return hasSettled(row) && (row.state !== 'CREATED' || row.continuous);
  };

  return {
    stage,
    sandbox,
    console,
    endpoint: listening.endpoint,
    /** Lets time pass until nothing goes on but waiting. */
    settle: () => stage.settle(sandbox, isAtRest),
    /** Processes what the queues have, and no time passes. */
    async consume(): Promise<void> {
      for (const queue of ['steering', 'releases', 'follow-ups'] as const) while ((await stage.poll(queue, sandbox)) > 0);
    },
    async publish(product: string, version: string, channels: readonly string[]): Promise<void> {
      await stage.publish({ product, version, channels, artifacts: [await stage.artifact(`${product}/${version}`)] });
    },
    async close(): Promise<void> {
      rmSync(folder, { recursive: true });
      await listening.stop();
      await stage.stop();
    },
  };
}

export type Reading = Awaited<ReturnType<typeof openReading>>;
