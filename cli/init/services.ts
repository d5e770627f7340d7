import type { TemplateName } from '../../domain/channels/template-name.ts';

/** What a project has to know of the request of an AWS service. */
type OfService = {
  /** Which devices it is for, in words for a person. */
  readonly title: string;
  /** What a channel reaches if nobody names a target. */
  readonly target: (product: string, channel: string) => string;
};

const thingGroup = (product: string, channel: string) => `${product}-${channel}`.slice(0, 128);

/** Each control plane, in the order in which a person chooses one. */
export const ofService: Readonly<Record<TemplateName, OfService>> = {
  createOTAUpdate: { title: 'AWS IoT Core: FreeRTOS and other devices with an OTA agent', target: thingGroup },
  createJob: { title: "AWS IoT Jobs: Linux devices, with or without AWS's Device Client", target: thingGroup },
  createOtaTask: { title: 'managed integrations (MI) of AWS IoT Device Management', target: (product) => `attributes.model=${product}` },
};
