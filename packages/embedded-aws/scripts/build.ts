import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * Builds what a stranger installs, in `dist/`: JavaScript and type declarations of this package and of aws-ota-models,
 * which becomes a part of it. Node strips no types below node_modules, so the sources could not be run from there.
 */
const folder = join(import.meta.dirname, '..');
const dist = join(folder, 'dist');
const models = join(dist, 'aws-ota-models', 'src', 'index.js');

rmSync(dist, { recursive: true, force: true });
execFileSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: folder, stdio: 'inherit' });

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const text = readFileSync(file, 'utf8');
  const bundled = withModelsInside(text, file);
  // The compiler rewrites the extensions of relative imports in JavaScript, but leaves them in declarations.
  const built = file.endsWith('.d.ts') ? bundled.replace(/(['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2') : bundled;
  if (built !== text) writeFileSync(file, built);
}

function withModelsInside(text: string, file: string): string {
  const path = relative(dirname(file), models).split(sep).join('/');
  const specifier = path.startsWith('.') ? path : `./${path}`;
  return text.replace(/(['"])aws-ota-models\1/g, `'${specifier}'`);
}
