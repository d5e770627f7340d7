import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { artifacts } from '../../../adapters/artifacts.ts';
import { documents } from '../../../adapters/documents.ts';
import type { Chance } from '../../random.ts';
import type { Clients } from '../../stage/compose.ts';
import { aMinute } from '../../support/control-plane.ts';
import { DOCUMENTS } from '../aws/s3.ts';
import { BUCKET } from '../configurations.ts';
import { anyTerms, asking, type Operation, operationsOf, type Sequence, type Side } from './side.ts';

const KEYS = ['1.0.0/app.bin', '2.0.0/a b+é.bin'];
const BUCKETS = [...Array.from({ length: 9 }, () => BUCKET), 'no-such-bucket'];

/** An object of a sequence. `label` names the upload of its version, whose id differs on both sides. */
type Named = { readonly bucket: string; readonly key: string; readonly label: number };

/** What the adapters of artifacts and documents send, and other single reads and writes. */
export function s3(chance: Chance): Sequence {
  const keys: string[] = [];
  const named = (): Named => {
    const label = chance.whole('label', 0, keys.length);
    const key = chance.is('its key', 0.9) ? keys[label] : undefined;
    return { bucket: chance.pick('bucket', BUCKETS), key: key ?? chance.pick('key', KEYS), label };
  };
  const upload = (): Operation => {
    keys.push(chance.pick('key', KEYS));
    return uploading(chance, keys.at(-1) ?? '', keys.length - 1);
  };
  const operations = operationsOf(chance, 10, 40, [
    [3, upload],
    [2, () => askingFacts(named())],
    [2, () => reading(named(), chance.pick('content', contents).length)],
    [2, () => writing(chance)],
    [1, () => copying(named(), chance.pick('copied', contents))],
    [1, () => heading(named())],
    [2, () => getting(named(), chance.is('one byte', 0.3))],
    [1, () => putting(chance)],
  ]);
  return { terms: anyTerms, operations: [upload(), ...operations] };
}

const contents = ['', 'x', '{"a":1}', 'firmware'.repeat(50)];
const versions = new WeakMap<Side, Map<number, string>>();
const versionOf = (side: Side, label: number): string => versions.get(side)?.get(label) ?? 'not-a-version';
const textOf = ({ bucket, key, label }: Named): string => `${bucket}/${key} at the version of upload ${label}`;

function uploading(chance: Chance, key: string, label: number): Operation {
  const content = chance.pick('content', contents);
  const withSha256 = chance.is('with SHA-256', 0.5);
  return {
    says: `upload ${label}: ${content.length} bytes as ${key}${withSha256 ? ' with SHA-256' : ''}`,
    on: async (side) => {
      const version = await side.outside.upload(key, Buffer.from(content), withSha256);
      versions.set(side, new Map([...(versions.get(side) ?? []), [label, version]]));
    },
  };
}

function askingFacts(named: Named): Operation {
  return asking(`facts of ${textOf(named)}`, ({ s3: client }, side) =>
    artifacts(client).facts({ ...named, version: versionOf(side, named.label) }),
  );
}

function reading(named: Named, sizeBytes: number): Operation {
  return asking(`the ${sizeBytes} bytes of ${textOf(named)}, hashed`, ({ s3: client }, side) =>
    artifacts(client).read({ ...named, version: versionOf(side, named.label) }, sizeBytes, aMinute),
  );
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function writing(chance: Chance): Operation {
  const body = chance.pick('content', contents);
  const bucket = chance.pick('documents', [DOCUMENTS, DOCUMENTS, 'no-such-bucket']);
  const key = `${digestOf(chance.is('wrong digest', 0.2) ? 'other' : body)}.json`;
  return asking(`document of ${body.length} bytes to ${bucket}/${key}`, ({ s3: client }) => documents(client).write({ bucket, key, body }));
}

function copying(named: Named, content: string): Operation {
  const sha256 = digestOf(content);
  return asking(`copy of ${textOf(named)}, ${sha256.slice(0, 6)}, to ${DOCUMENTS}`, ({ s3: client }, side) => {
    const { bucket, key, label } = named;
    const copyOf = { bucket, key, version: versionOf(side, label), sha256 };
    return documents(client).write({ bucket: DOCUMENTS, key: `${sha256}.json`, copyOf });
  });
}

/** The adapter reads the type of a checksum only if there is a SHA-256. */
function heading(named: Named): Operation {
  return asking(`HeadObject of ${textOf(named)}`, async ({ s3: client }, side) => {
    const input = { Bucket: named.bucket, Key: named.key, VersionId: versionOf(side, named.label) };
    const head = await client.send(new HeadObjectCommand({ ...input, ChecksumMode: 'ENABLED' }));
    const { ContentLength, ChecksumSHA256, ChecksumType } = head;
    return { ContentLength, ...(ChecksumSHA256 !== undefined && { ChecksumSHA256, ChecksumType }) };
  });
}

function getting(named: Named, oneByte: boolean): Operation {
  return asking(`GetObject${oneByte ? ', one byte,' : ''} of ${textOf(named)}`, (clients, side) => {
    const input = { Bucket: named.bucket, Key: named.key, VersionId: versionOf(side, named.label) };
    return bodyOf(clients, { ...input, ...(oneByte && { Range: 'bytes=0-0' }) });
  });
}

async function bodyOf({ s3: client }: Clients, input: ConstructorParameters<typeof GetObjectCommand>[0]): Promise<string> {
  const { Body: body } = await client.send(new GetObjectCommand(input));
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes a document once and reads it at the version that the write returned. */
function putting(chance: Chance): Operation {
  const [Bucket, Key, Body] = [
    chance.pick('documents', [DOCUMENTS, 'no-such-bucket']),
    chance.pick('key', KEYS),
    chance.pick('content', contents),
  ];
  return asking(`PutObject of ${Body.length} bytes as ${Bucket}/${Key}, if it is not there, read back`, async (clients) => {
    const { VersionId } = await clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body), IfNoneMatch: '*' }));
    return bodyOf(clients, { Bucket, Key, VersionId });
  });
}
