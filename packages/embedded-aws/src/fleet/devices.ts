/** A number for each device's name, so that ten thousand executions need no ten thousand strings. */
export type Devices = {
  /** The number of a name, from 1 on; a new one for a name never seen. */
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
