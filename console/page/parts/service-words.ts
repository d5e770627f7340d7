const words: Readonly<Record<string, string>> = {
  CreateOTAUpdate: 'IoT Core OTA update',
  CreateJob: 'IoT Jobs',
  CreateOtaTask: 'managed integrations',
};

/** The control plane behind an operation, for people. An operation that is not known is shown as it is. */
export function serviceWords(operation: string): string {
  return words[operation] ?? operation;
}
