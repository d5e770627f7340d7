import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './installation.ts';

/** How the compiler reads the room, as tsconfig.json says. */
const OPTIONS = '--ignoreConfig --declaration --emitDeclarationOnly --rootDir . --target es2024 --module nodenext --types node --strict';
const STRICTER = '--noUncheckedIndexedAccess --exactOptionalPropertyTypes --allowImportingTsExtensions --erasableSyntaxOnly --skipLibCheck';

/**
 * The declarations of `ota-dispatch/events` in one text without imports: the types of the events, and what the compiler says of the
 * functions in events/. Takes the compiler a second. Throws if the room does not compile.
 */
export function eventDeclarations(): string {
  const out = mkdtempSync(join(tmpdir(), 'event-declarations-'));
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const options = `${OPTIONS} ${STRICTER}`.split(' ');
    execFileSync(process.execPath, [compiler, ...options, '--outDir', out, 'events/index.ts'], { cwd: root, encoding: 'utf8' });
    const [types, ...functions] = [
      readFileSync(join(root, 'schemas/events.d.ts'), 'utf8'),
      ...['checked', 'index'].map((name) => withoutImports(readFileSync(join(out, 'events', `${name}.d.ts`), 'utf8'))),
    ];
    return [types, ...functions].join('\n');
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The declarations of a file in a text that has those of the other files, too. */
function withoutImports(declarations: string): string {
  return declarations.replace(/^(?:import|export) (?:type )?(?:\{[^}]*\}|\*) from '[^']+';\n/gm, '');
}
