/**
 * What `given` is instead of a SHA-256 in 64 lower-case hex digits, and what to do. It names the spellings of digests that
 * tools print. `undefined` if it is none of them. It quotes nothing of `given`. Never throws.
 */
export function sha256Advice(given: string): string | undefined {
  if (given.length > longest) return undefined;
  const hex = /^[0-9a-fA-F]{2,}$/.test(given) ? given.length : 0;
  if (hex === 64) return 'upper-case hex: use lower case';
  if (hex > 0) return `${hex} hex characters${digestsByLength[hex] ?? ''}`;
  return spellings.find(([pattern]) => pattern.test(given))?.[1];
}

/** A digest with a prefix, or with the name of a file behind it. */
const longest = 1_000;

const digestsByLength: Readonly<Record<number, string>> = {
  32: ', as an MD5 has: use the SHA-256',
  40: ', as a SHA-1 has: use the SHA-256',
  96: ', as a SHA-384 has: use the SHA-256',
  128: ', as a SHA-512 has: use the SHA-256',
};

const spellings: readonly (readonly [pattern: RegExp, got: string])[] = [
  [/^[A-Za-z0-9+/_-]{43}=?$/, 'base64, as S3 prints ChecksumSHA256: write the same bytes in hex'],
  [/^[A-Za-z0-9+/]{43}=-\d+$/, 'the composite checksum of a multipart upload: use the SHA-256 of the whole file, in hex'],
  [/^[0-9a-fA-F]{32}-\d+$/, 'the ETag of a multipart upload: use the SHA-256 of the whole file'],
  [/^sha-?256[-:= ]/i, 'the name of the algorithm in front: leave it out'],
  [/^0x[0-9a-fA-F]{64}$/, '0x in front: leave it out'],
  [/^[0-9a-fA-F]{2}(?:[: -][0-9a-fA-F]{2}){31}$/, 'hex with separators: leave them out'],
  [/^\s*[0-9a-fA-F]{64}\s+\*?\S/, 'a line of sha256sum: leave out the name of the file'],
  [/^\s*[0-9a-fA-F]{64}\s*$/, 'blanks or a line break around it: leave them out'],
];
