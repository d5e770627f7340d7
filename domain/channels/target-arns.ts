import type { TemplateName } from './template-name.ts';

/** The service and the resource types in the ARNs of possible targets. */
export type TargetArns = { readonly service: string; readonly kinds: readonly string[] };

/** The ARNs of possible targets, for each template. */
export const targetArns: Readonly<Record<TemplateName, TargetArns>> = {
  createOTAUpdate: { service: 'iot', kinds: ['thing', 'thinggroup'] },
  createOtaTask: { service: 'iotmanagedintegrations', kinds: ['managed-thing'] },
  createJob: { service: 'iot', kinds: ['thing', 'thinggroup'] },
};
