/** Constructors and prototypes that a hostile body could change. */
const constructors = [
  ...[Object, Function, Array, String, Number, Boolean, Symbol, BigInt, RegExp, Date, Promise, Error, TypeError, RangeError, SyntaxError],
  ...[Map, Set, WeakMap, WeakSet, ArrayBuffer, Uint8Array, DataView, Buffer, URL, TextEncoder, TextDecoder],
];
const others = [JSON, Math, Reflect, Object.getPrototypeOf([].values()), Object.getPrototypeOf(Uint8Array)];
const watched: readonly object[] = [...constructors, ...constructors.map((one) => one.prototype), ...others];

type Noted = {
  readonly object: object;
  readonly prototype: object | null;
  readonly descriptors: ReadonlyMap<PropertyKey, PropertyDescriptor>;
};

export type Watch = {
  /** What has changed since the watch began. */
  readonly changes: () => string[];
  /** Restores everything. */
  readonly restore: () => void;
};

/** Begins to watch the own members of these objects. */
export function watchPrototypes(): Watch {
  const noted: readonly Noted[] = watched.map((object) => ({
    object,
    prototype: Object.getPrototypeOf(object),
    descriptors: new Map(Reflect.ownKeys(object).map((key) => [key, descriptorOf(object, key)])),
  }));
  return {
    changes: () => noted.flatMap(changesOf),
    restore: () => {
      for (const one of noted) if (changesOf(one).length > 0) restore(one);
    },
  };
}

function changesOf({ object, prototype, descriptors }: Noted): string[] {
  const changes: string[] = [];
  if (Object.getPrototypeOf(object) !== prototype) changes.push(`${nameOf(object)} has a different prototype`);
  for (const key of Reflect.ownKeys(object)) if (!descriptors.has(key)) changes.push(`${nameOf(object)} has ${String(key)}`);
  for (const [key, { value, get, set }] of descriptors) {
    const now = descriptorOf(object, key);
    if (!Object.is(now.value, value) || now.get !== get || now.set !== set)
      changes.push(`${nameOf(object)} has a different ${String(key)}`);
  }
  return changes;
}

function restore({ object, prototype, descriptors }: Noted): void {
  if (Object.getPrototypeOf(object) !== prototype) Object.setPrototypeOf(object, prototype);
  for (const key of Reflect.ownKeys(object)) if (!descriptors.has(key)) Reflect.deleteProperty(object, key);
  for (const [key, descriptor] of descriptors) Reflect.defineProperty(object, key, descriptor);
}

function descriptorOf(object: object, key: PropertyKey): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, key) ?? {};
}

function nameOf(object: object): string {
  const index = watched.indexOf(object);
  const { name = 'an object' } = constructors[index % constructors.length] ?? {};
  return index < constructors.length ? name : index < 2 * constructors.length ? `${name}.prototype` : 'an object of the language';
}
