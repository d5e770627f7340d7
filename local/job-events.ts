import { IoTClient, UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot';

/** Switches the events of jobs on for the whole account. They are off in a new account, and here at the start. Changes no other kind of event. */
export async function switchJobEventsOn({ endpoint, region }: { readonly endpoint: string; readonly region: string }): Promise<void> {
  const iot = new IoTClient({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true } } }));
  iot.destroy();
}
