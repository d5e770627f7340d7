import { readFileSync, writeFileSync } from 'node:fs';

/*
 * Stryker runs this in its copy of the repository, before the tests. The schemas of steering events are made once and kept, so a mutant in one
 * would change nothing after the first test. Here each is made whenever it is asked for.
 */

const file = 'domain/release/fields.ts';
const kept = readFileSync(file, 'utf8');
const forgotten = kept.replaceAll('made ??= make()', 'made = make()');
if (forgotten === kept) throw new Error(`${file} no longer keeps a schema with "made ??= make()": change scripts/forget-schemas.ts, too`);
writeFileSync(file, forgotten);
