import type { Assets } from '../console/server/assets.ts';
import { PortInUse } from '../console/server/listen.ts';
import { type RunningConsole, startConsole } from '../console/server/serve.ts';
import { openStage } from '../operator/stage/stage.ts';
import { oneLine } from '../scripts/layout.ts';

/**
 * Serves the console of the local stage at `port`, or at a free one if another process has it. Throws PortInUse if a person chose the port,
 * because they look for the console there.
 */
export async function startLocalConsole({
  port,
  isChosen,
  page,
  endpoint,
  channels,
}: {
  readonly port: number;
  readonly isChosen: boolean;
  readonly page: Promise<Assets>;
  readonly endpoint: string;
  readonly channels: string | undefined;
}): Promise<RunningConsole> {
  const options = { stage: openStage({ stage: 'local', endpoint }), isReadOnly: false, channels, report, assets: page };
  return startConsole({ ...options, port }).catch((error: unknown) => {
    if (isChosen || !(error instanceof PortInUse)) throw error;
    return startConsole({ ...options, port: 0 });
  });
}

/** Where the console is. An address that has opened a browser opens no other, so it is then left out. */
export function consoleLines(page: Pick<RunningConsole, 'origin' | 'address' | 'isOpened'> | undefined): string[] {
  if (page === undefined) return [];
  if (page.isOpened()) return [`The console is open in your browser: ${page.origin}/`];
  return ['Watch it in a browser (the address works once):', `  ${page.address}`];
}

function report(line: string, error: unknown): void {
  console.error(`console: ${oneLine(line)}`);
  if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
}
