/** The status details that a device reports. They are shared by many devices and are never changed. */
export type Details = Readonly<Record<string, string>>;

/** What simulated devices report: why they failed or rejected the update, or the last step before they fell silent. */
const REPORTS: Readonly<Record<'FAILED' | 'REJECTED' | 'TIMED_OUT', readonly Details[]>> = {
  FAILED: [
    { reason: 'the signature does not match the image' },
    { reason: 'the image does not fit into the partition' },
    { reason: 'writing to flash failed' },
    { reason: 'the self-test after the reboot failed' },
  ],
  REJECTED: [
    { reason: 'the battery is below 20 percent' },
    { reason: 'the image is for other hardware' },
    { reason: 'the user has postponed updates' },
  ],
  TIMED_OUT: [{ step: 'downloading' }, { step: 'writing to flash' }, { step: 'rebooting' }],
};

/** What a device with this outcome reports; `lot`, from 0 up to 1, decides which one. `undefined` if it reports only its status. */
export function reportOf(outcome: string, lot: number): Details | undefined {
  const reports = outcome in REPORTS ? REPORTS[outcome as keyof typeof REPORTS] : [];
  return reports[Math.floor(lot * reports.length)];
}
