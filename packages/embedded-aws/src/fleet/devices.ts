/** A number for the name of each device, which saves memory in jobs with many executions. */
export type Devices = {
  /** The number of a name, from 1 on. An unknown name gets a new number. */
  numberOf(name: string): number;
  nameOf(device: number): string;
};

/** No devices yet. */
export function createDevices(): Devices {
  const names: string[] = [''];
  const numbers = new Map<string, number>();
  return {
    numberOf(name) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, names.length);
      return names.push(name) - 1;
    },
    nameOf: (device) => names[device] ?? '',
  };
}
