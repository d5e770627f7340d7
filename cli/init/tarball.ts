import { gunzipSync } from 'node:zlib';
import { isVersion } from '../../domain/release/version.ts';

const BLOCK = 512;
/** Much more than the package has. It keeps a hostile file from filling the memory. */
const BYTES_MAX = 500_000_000;

/** The name and the version of the package in a file that `npm pack` made. Undefined for every other file. */
export function manifestOf(file: Buffer): { readonly name: string; readonly version: string } | undefined {
  try {
    const text = entryOf(gunzipSync(file, { maxOutputLength: BYTES_MAX }), 'package/package.json')?.toString('utf8');
    const { name, version } = JSON.parse(text ?? 'null');
    return typeof name === 'string' && typeof version === 'string' && isVersion(version) ? { name, version } : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of an entry of a tar archive: blocks of 512 bytes, a header with name and octal size before each file. */
function entryOf(tar: Buffer, wanted: string): Buffer | undefined {
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const field = (from: number, length: number) => tar.toString('latin1', at + from, at + from + length).replace(/\0[\s\S]*$/, '');
    const size = Number.parseInt(field(124, 12), 8) || 0;
    const begin = at + BLOCK;
    if (field(0, 100) === wanted) return tar.subarray(begin, begin + size);
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}
