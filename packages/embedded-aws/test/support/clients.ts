import type { ScriptedServer } from './scripted-server.ts';

/** The settings of an SDK client for a server on 127.0.0.1: dummy credentials and one attempt. */
export function clientSettings({ endpoint }: Pick<ScriptedServer, 'endpoint'>) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts: 1 };
}
