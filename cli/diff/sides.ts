import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { JsonObject } from '../../domain/channels/template-shape.ts';
import { packageService } from '../../local/package-service.ts';
import { UsageError } from '../../scripts/command.ts';
import { givenPath, readGivenFile, readGivenJson } from '../../scripts/given-file.ts';
import { projectFolder } from '../../scripts/installation.ts';
import { oneLine } from '../../scripts/layout.ts';
import { clearProgress, progress } from '../../scripts/progress.ts';
import { type Code, codeIn, functionsIn } from './code.ts';
import type { Side } from './compare.ts';
import { type Template, templateOf } from './template.ts';

/** The template that the serverless CLI leaves in a folder. */
const TEMPLATE_FILE = 'cloudformation-template-update-stack.json';

/** A side with what to call it in messages, and the JSON object that it was read from. */
export type NamedSide = Side & { readonly name: string; readonly source: JsonObject };

/**
 * The template in a file, or in a folder that `serverless package` wrote. It knows the code as far as the file, or the zips beside it, have its digests.
 * Throws UsageError if it cannot be read, or if it is not a template.
 */
export function givenSide(path: string): NamedSide {
  const file = isFolder(path) ? join(path, TEMPLATE_FILE) : path;
  let source: unknown;
  try {
    source = readGivenJson(file);
  } catch (cause) {
    const message = oneLine(cause instanceof Error ? cause.message : String(cause));
    throw new UsageError(`${message}: give ${TEMPLATE_FILE} of a package, the folder of a package, or what --save wrote`, { cause });
  }
  const template = templateOf(source, file);
  const zips = basename(file) === TEMPLATE_FILE ? codeBeside(template, dirname(givenPath(file))) : new Map<string, string>();
  return { name: path, template, code: new Map([...zips, ...codeIn(template)]), source: source as JsonObject };
}

/** What to compile this project with. Each of `params` is NAME=VALUE. */
export type Compilation = { readonly stage: string; readonly params: readonly string[]; readonly channels: string | undefined };

/** The template and the code that `serverless package` makes of this project now. Throws UsageError if it refuses to. */
export async function compiledSide({ stage, params, channels }: Compilation): Promise<NamedSide> {
  if (channels !== undefined) readGivenFile(channels);
  const temporary = mkdtempSync(join(tmpdir(), 'ota-dispatch-diff-'));
  const stopped = new AbortController();
  const stop = () => {
    stopped.abort();
    rmSync(temporary, { recursive: true, force: true });
  };
  process.once('exit', stop);
  try {
    progress(`packaging this project for stage ${stage} ...`);
    const packaged = await packageService({
      service: projectFolder(),
      folder: join(temporary, 'package'),
      stage,
      params,
      channels: channels === undefined ? undefined : givenPath(channels),
      signal: stopped.signal,
      log: progress,
    });
    clearProgress();
    if (!packaged.ok) throw refused(stage, packaged.why);
    const side = givenSide(join(temporary, 'package'));
    return { ...side, name: `this project, compiled for stage ${stage}` };
  } finally {
    process.off('exit', stop);
    stop();
  }
}

/** Several lines are printed as they are, such as those of a wrong channels.yml. */
function refused(stage: string, why: string): UsageError {
  const [, told] = why.split(/^Error:$/m);
  const lines = (told ?? why).split('\n').filter((line) => line.trim() !== '');
  if (lines.length > 1) for (const line of lines) console.error(oneLine(line));
  const more = lines.length > 1 ? ', and more above' : '';
  return new UsageError(`this project cannot be packaged for stage ${stage}: ${oneLine(lines[0] ?? 'no reason was given')}${more}`);
}

/** The digests of the zips in a folder. A function whose zip is not there is left out. */
function codeBeside(template: Template, folder: string): Code {
  const code = new Map<string, string>();
  for (const { id, zip } of functionsIn(template)) {
    const digest = zip === undefined ? undefined : digestOf(join(folder, zip));
    if (digest !== undefined) code.set(id, digest);
  }
  return code;
}

function digestOf(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('base64');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What cannot be looked at is read as a file, which then says why. */
function isFolder(path: string): boolean {
  try {
    return statSync(givenPath(path)).isDirectory();
  } catch {
    return false;
  }
}
