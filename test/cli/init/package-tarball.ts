import { gzipSync } from 'node:zlib';

/** The bytes of a file that `npm pack` could have made: package.json alone, behind another file. */
export function packageTarball(manifest: object, path = 'package/package.json'): Buffer {
  return gzipSync(Buffer.concat([entry('package/README.md', 'x'.repeat(700)), entry(path, JSON.stringify(manifest)), Buffer.alloc(1024)]));
}

function entry(path: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(Buffer.byteLength(content).toString(8).padStart(11, '0'), 124);
  const body = Buffer.from(content);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}
