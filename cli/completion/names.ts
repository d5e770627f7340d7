import { isRecord } from 'aws-ota-models';
import { parse } from 'yaml';
import { channelsOf } from '../../operator/stage/channels-of-stage.ts';

/**
 * The products of a stage's channels.yml, or of the file that was named instead, each with its channels. The file is not judged. Empty if
 * it cannot be read, because TAB must print no error.
 */
export function channelsByProduct(stage: string, file: string | undefined): ReadonlyMap<string, readonly string[]> {
  const text = quietly(() => channelsOf(stage, file).text);
  const products = quietly(() => members(parse(text ?? '', { logLevel: 'silent' }), 'products')) ?? {};
  return new Map(Object.entries(products).map(([product, value]) => [product, Object.keys(members(value, 'channels'))]));
}

function members(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const member = isRecord(value) ? value[name] : undefined;
  return isRecord(member) ? member : {};
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
