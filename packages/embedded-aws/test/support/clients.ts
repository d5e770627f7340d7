import type { ScriptedServer } from './scripted-server.ts';

/** What a real SDK client needs to speak to a server on loopback: any credentials, one attempt. */
export function clientSettings({ endpoint }: Pick<ScriptedServer, 'endpoint'>) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts: 1 };
}
