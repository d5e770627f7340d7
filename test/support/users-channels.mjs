// Makes this process refuse to read or copy channels.yml of the root, because it is the user's. A test that read it would fail
// as soon as the user replaced it. Tests read examples/channels.yml. Plain JavaScript, so that every Node can load it.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const theirs = join(import.meta.dirname, '..', '..', 'channels.yml');

function guarded(read) {
  return (path, ...rest) => {
    const named = path instanceof URL ? fileURLToPath(path) : path;
    if (typeof named === 'string' && resolve(named) === theirs)
      throw new Error("channels.yml in the root is the user's: a test must read examples/channels.yml");
    return read(path, ...rest);
  };
}

for (const name of ['readFileSync', 'openSync', 'createReadStream', 'cpSync', 'copyFileSync', 'symlinkSync']) fs[name] = guarded(fs[name]);
for (const name of ['readFile', 'open', 'cp', 'copyFile', 'symlink']) fs.promises[name] = guarded(fs.promises[name]);
syncBuiltinESMExports();
