/** The first thing wrong with a value: where, from the value on, and what. `undefined` where it is right. */
export type Check = (value: unknown) => string | undefined;

type Bounds = { readonly min?: number; readonly max?: number };

/** Text by the number of its characters (code points) and a pattern that it matches in full. */
export const text = ({ min = 0, max = Number.POSITIVE_INFINITY, like }: Bounds & { readonly like?: RegExp } = {}): Check => {
  const whole = like && new RegExp(`^(?:${like.source})$`, like.flags);
  return (value) => {
    if (typeof value !== 'string') return ': no text';
    const length = value.length >= 2 * min && value.length <= max ? value.length : Array.from(value).length;
    if (length < min || length > max) return `: ${length} characters`;
    return whole && !whole.test(value) ? `: not like ${like.source}` : undefined;
  };
};

export const oneOf = (...words: readonly unknown[]): Check => {
  return (value) => (words.includes(value) ? undefined : `: none of ${words}`);
};

export const whole = ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Bounds = {}): Check => {
  return (value) => (Number.isInteger(value) && Number(value) >= min && Number(value) <= max ? undefined : ': no whole number in range');
};

/** A number in a range with so many decimals at most. */
export const decimal = ({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Bounds, decimals: number): Check => {
  const pattern = new RegExp(`^\\d+(\\.\\d{1,${decimals}})?$`);
  return (value) => {
    if (typeof value !== 'number' || !(value >= min && value <= max)) return ': no number in range';
    return pattern.test(String(value)) ? undefined : ': too many decimals';
  };
};

/** Base64 of any bytes. */
export const blob: Check = (value) =>
  typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value ? undefined : ': no base64';

export const list = (of: Check, { min = 0, max = Number.POSITIVE_INFINITY }: Bounds = {}): Check => {
  return (value) => {
    if (!Array.isArray(value)) return ': no list';
    if (value.length < min || value.length > max) return `: ${value.length} items`;
    for (let index = 0; index < value.length; index += 1) {
      const found = of(value[index]);
      if (found !== undefined) return `[${index}]${found}`;
    }
    return undefined;
  };
};

export const map = (key: Check, of: Check, { min = 0, max = Number.POSITIVE_INFINITY }: Bounds = {}): Check => {
  return (value) => {
    if (!isObject(value)) return ': no map';
    const names = Object.keys(value);
    if (names.length < min || names.length > max) return `: ${names.length} entries`;
    for (const name of names) {
      const found = key(name) ?? of(value[name]);
      if (found !== undefined) return `.${name}${found}`;
    }
    return undefined;
  };
};

/** An object with these members and no other; those whose names end in `!` are required. */
export const object = (members: Readonly<Record<string, Check>>): Check => {
  const required = Object.keys(members).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : []));
  const known = new Map(Object.entries(members).map(([name, check]) => [name.replace('!', ''), check]));
  return (value) => {
    if (!isObject(value)) return ': no object';
    for (const name of required) if (!Object.hasOwn(value, name)) return `.${name}: missing`;
    for (const name of Object.keys(value)) {
      const check = known.get(name);
      const found = check ? check(value[name]) : ': unknown';
      if (found !== undefined) return `.${name}${found}`;
    }
    return undefined;
  };
};

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
