import { AwsError } from '../aws-error.ts';
import type { Version } from './store.ts';

/** Offsets of the first and the last byte. */
export type ByteRange = { readonly from: number; readonly to: number };

/**
 * The requested part of a body, by a Range header or by `partNumber`; `undefined` is all of it. An object that was not
 * uploaded in parts is its own part 1. A range in another unit, or several ranges, give the whole body.
 * @throws AwsError InvalidRange, InvalidPartNumber, InvalidArgument or InvalidRequest
 */
export function readRange(version: Version, header: string | undefined, partNumber: string | null): ByteRange | undefined {
  const size = version.body.length;
  if (partNumber !== null) {
    if (header !== undefined) throw new AwsError('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
    return partRange(version.parts?.map((part) => part.size) ?? [size], partNumber);
  }
  const match = header?.match(/^bytes=(\d*)-(\d*)$/);
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const from = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const to = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (from >= size || from > to) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', { status: 416 });
  return { from, to };
}

function partRange(sizes: readonly number[], partNumber: string): ByteRange | undefined {
  const number = /^\d+$/.test(partNumber) ? Number(partNumber) : 0;
  if (number < 1 || number > 10_000) throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  const size = sizes[number - 1];
  if (size === undefined) throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', { status: 416 });
  const from = sizes.slice(0, number - 1).reduce((sum, one) => sum + one, 0);
  // An empty object has no range. It is returned whole.
  return size === 0 ? undefined : { from, to: from + size - 1 };
}
