import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The keys of one console: a token that opens it once, and the session that it is exchanged for. */
export type Keys = {
  /** The token for the address that is printed. */
  readonly token: string;
  /** The value of the CSRF header. */
  readonly csrf: string;
  /** Whether a browser has exchanged the token. */
  isSpent(): boolean;
  /** Exchanges the token for the secret of the session. `undefined` if it is wrong, or was exchanged before. */
  open(token: string): string | undefined;
  /** Whether a cookie has the secret of the session. */
  isOpen(secret: string | undefined): boolean;
  isCsrf(value: string | undefined): boolean;
};

/** Fresh keys of 256 bits each. They live as long as the process. */
export function makeKeys(): Keys {
  const [token, csrf, secret] = [randomKey(), randomKey(), randomKey()];
  let isSpent = false;
  return {
    token,
    csrf,
    isSpent: () => isSpent,
    open(given) {
      if (isSpent || !isEqual(given, token)) return undefined;
      isSpent = true;
      return secret;
    },
    isOpen: (given) => isSpent && isEqual(given, secret),
    isCsrf: (given) => isEqual(given, csrf),
  };
}

const randomKey = (): string => randomBytes(32).toString('base64url');

/** Takes the same time wherever the texts differ. */
function isEqual(given: string | undefined, wanted: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
