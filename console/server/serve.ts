import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { callerOf } from '../../operator/stage/caller.ts';
import { configurationOf } from '../../operator/stage/configuration.ts';
import type { Stage } from '../../operator/stage/stage.ts';
import { ota, root } from '../../scripts/installation.ts';
import type { Session } from '../api.ts';
import { consoleApp, type Routes } from './app.ts';
import { type Assets, pageAssets } from './assets.ts';
import type { Context } from './context.ts';
import type { Report } from './failure.ts';
import { listenOnLoopback } from './listen.ts';
import { onceKnown } from './once-known.ts';
import { actionsRoutes } from './routes/actions.ts';
import { devicesRoutes } from './routes/devices.ts';
import { historyRoutes } from './routes/history.ts';
import { localRoutes } from './routes/local.ts';
import { overviewRoutes } from './routes/overview.ts';
import { queuesRoutes } from './routes/queues.ts';
import { rejectedRoutes } from './routes/rejected.ts';
import { releasesRoutes } from './routes/releases.ts';
import { makeKeys } from './session.ts';

/** Every group of routes below `/api`. */
export const allRoutes: readonly Routes[] = [
  overviewRoutes,
  releasesRoutes,
  historyRoutes,
  queuesRoutes,
  devicesRoutes,
  rejectedRoutes,
  actionsRoutes,
  localRoutes,
];

/** What a person asked of the console. `port` 0 is any free one. `report` gets errors that nobody expected. */
export type ConsoleOptions = {
  readonly stage: Stage;
  readonly port: number;
  readonly isReadOnly: boolean;
  readonly channels: string | undefined;
  readonly report: Report;
  /** The page, if it was read or bundled before. */
  readonly assets?: Assets | Promise<Assets>;
};

/** A console that answers. */
export type RunningConsole = {
  /** Such as `http://127.0.0.1:4567`. */
  readonly origin: string;
  /** The address that opens it, in one browser and once. */
  readonly address: string;
  /** Whether a browser has opened it. Then `address` opens it no more. */
  isOpened(): boolean;
  close(): Promise<void>;
};

/** How often the page reads again what may have changed, in milliseconds. Reads of a deployed stage cost money. */
const REFRESH = { local: 2_000, deployed: 15_000 } as const;

/**
 * Starts the console on 127.0.0.1 and ::1. Throws UsageError if channels.yml cannot be read or is invalid, if the port is in use, or if,
 * in a clone, what bundles the page is not installed.
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { isReadOnly, channels, report } = options;
  const account = onceKnown(options.stage.account);
  const stage = { ...options.stage, account };
  const context: Context = { stage, isReadOnly, configuration: () => configurationOf(stage, channels), now: Date.now };
  const caller = onceKnown(() => callerOf(stage));
  const [assets, { name: channelsFile }, region] = await Promise.all([
    options.assets ?? pageAssets(),
    context.configuration(),
    stage.region(),
  ]);
  const session = async (): Promise<Omit<Session, 'csrf'>> => {
    const who = await caller();
    return {
      version: version(),
      stage: stage.name,
      isLocal: stage.isLocal,
      isReadOnly,
      region,
      channelsFile,
      ota,
      refreshMilliseconds: stage.isLocal ? REFRESH.local : REFRESH.deployed,
      ...(stage.endpoint !== undefined && { endpoint: stage.endpoint }),
      ...(who?.account !== undefined && { account: who.account }),
      ...(who?.arn !== undefined && { caller: who.arn }),
    };
  };
  const keys = makeKeys();
  const { port, answer, close } = await listenOnLoopback(options.port);
  const app = consoleApp(context, { keys, port, assets, session, routes: allRoutes, report });
  // Without this option, it replaces Request and Response in the whole process, and npm start has other servers in it.
  answer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const origin = `http://127.0.0.1:${port}`;
  return { origin, address: `${origin}/#token=${keys.token}`, isOpened: keys.isSpent, close };
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
