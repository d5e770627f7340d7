import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { openStage } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { givenPath } from '../scripts/given-file.ts';
import { ota } from '../scripts/installation.ts';
import { oneLine, printHelp } from '../scripts/layout.ts';
import { withCode } from './diff/code.ts';
import { compare, type Difference, isEmpty } from './diff/compare.ts';
import { deployedSide } from './diff/deployed.ts';
import { type Line, linesOf, summaryOf } from './diff/report.ts';
import { type Compilation, compiledSide, givenSide, type NamedSide } from './diff/sides.ts';
import { stageOf } from './diff/template.ts';
import { printJson } from './json-output.ts';

const help = `Usage: ${ota} diff [BEFORE [AFTER]] [OPTIONS]
       ${ota} diff --save FILE [OPTIONS]

Shows what an upgrade, another channels.yml or another parameter changes in the
CloudFormation template: permissions first, then what is deleted or replaced,
then the rest. It deploys nothing.

BEFORE and AFTER are templates: a file, or a folder that \`serverless package\`
wrote. Without AFTER, the command compiles this project as it is now. Without
BEFORE too, it compares that with what is deployed. Then it needs --stage and
the AWS credentials of the deployer.

  --save FILE    write the template of this project to FILE, to compare it after
                 the change
  --stage S      the stage to compile (default: the one of BEFORE, or local).
                 Region as in serverless.yml
  --param N=V    a parameter, as for \`serverless deploy\`. Once for each
  --channels F   the channels.yml to compile (default: the one that
                 serverless.yml names)
  --endpoint URL where a local AWS with CloudFormation listens
  --exit-code    end with 1 if anything differs
  --json         print JSON for a program

A line begins with + if it is new, - if it is gone and ! if it changed.

Exit status:
  0    compared or saved
  1    something differs and you asked for --exit-code, or AWS answered with an
       error
  2    wrong usage, no such file or stage, or this project cannot be packaged`;

/** `ota diff`. Answers 1 if something differs and `--exit-code` was typed, else 0. Throws UsageError for wrong usage and files. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      save: { type: 'string' },
      stage: { type: 'string' },
      param: { type: 'string', multiple: true, default: [] },
      channels: { type: 'string' },
      endpoint: { type: 'string' },
      'exit-code': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const { save, json } = values;
  if (positionals.length > 2) throw new UsageError('give at most BEFORE and AFTER');
  if (save !== undefined && positionals.length > 0) throw new UsageError('--save compares nothing: leave out BEFORE, or --save');
  const compiled = { stage: values.stage ?? 'local', params: values.param.map(checkedParam), channels: values.channels };
  if (save !== undefined) return await saveTemplate(save, compiled, json);
  const { before, after } = await sidesOf(positionals, compiled, values.stage, values.endpoint);
  const difference = compare(before, after);
  if (json) printJson(difference);
  else printDifference(difference, before.name, after.name);
  return values['exit-code'] && !isEmpty(difference) ? exit.failed : exit.ok;
}

async function saveTemplate(file: string, compiled: Compilation, json: boolean): Promise<number> {
  openStage({ stage: compiled.stage });
  const { source, code } = await compiledSide(compiled);
  try {
    writeFileSync(givenPath(file), `${JSON.stringify(withCode(source, code), null, 2)}\n`);
  } catch (cause) {
    throw new UsageError(`cannot write ${oneLine(file)}: ${oneLine(cause instanceof Error ? cause.message : String(cause))}`, { cause });
  }
  if (json) printJson({ written: file, stage: compiled.stage });
  else console.log(`written: ${file}, the template of stage ${compiled.stage}. After the change, run ${ota} diff ${file}`);
  return exit.ok;
}

type Sides = { readonly before: NamedSide; readonly after: NamedSide };

/** What to compare. `stage` is the one that was typed. */
async function sidesOf(
  [first, second]: readonly string[],
  compiled: Compilation,
  stage: string | undefined,
  endpoint: string | undefined,
): Promise<Sides> {
  if (first === undefined) {
    if (compiled.stage === 'local' && endpoint === undefined)
      throw new UsageError(
        `give BEFORE, or --stage S of a deployed stage: ${ota} diff --save before.json writes the template as it is now`,
      );
    const before = await deployedSide(openStage({ stage: compiled.stage, endpoint }));
    return { before, after: await compiledSide(compiled) };
  }
  if (endpoint !== undefined) throw new UsageError('--endpoint is for what is deployed: leave out BEFORE, or --endpoint');
  const before = givenSide(first);
  if (second !== undefined) {
    if (stage !== undefined || compiled.params.length > 0 || compiled.channels !== undefined)
      throw new UsageError('--stage, --param and --channels are for compiling this project: leave them out, or AFTER');
    return { before, after: givenSide(second) };
  }
  const own = stageOf(before.template);
  if (stage !== undefined && own !== undefined && stage !== own)
    throw new UsageError(`${oneLine(first)} is the template of stage ${oneLine(own)}: pass --stage ${oneLine(own)}, or none`);
  const chosen = stage ?? own ?? compiled.stage;
  openStage({ stage: chosen });
  return { before, after: await compiledSide({ ...compiled, stage: chosen }) };
}

/** A parameter as it was typed. Throws UsageError if it has no name. */
function checkedParam(param: string): string {
  if (!/^[^=]+=/.test(param)) throw new UsageError(`--param takes NAME=VALUE such as kmsKey=create, not ${param || 'nothing'}`);
  return param;
}

function printDifference(difference: Difference, before: string, after: string): void {
  const { codeUnknown } = difference;
  if (isEmpty(difference)) {
    const code = codeUnknown.length === 0 ? '' : `. Whether the code of ${codeUnknown.join(', ')} changed is not known`;
    console.log(oneLine(`nothing differs between ${before} and ${after}${code}`));
    return;
  }
  for (const line of [
    { mark: '-', text: `-- ${oneLine(before)}` },
    { mark: '+', text: `++ ${oneLine(after)}` },
    { mark: ' ', text: '' },
    { mark: ' ', text: summaryOf(difference) },
    ...linesOf(difference),
  ] satisfies Line[])
    printLine(line);
}

const colours = { '+': 'green', '-': 'red', '!': 'yellow', '@': 'bold' } as const;

/** Prints a line, with colours only on a terminal. It is not wrapped, because parts of a line would have no mark. */
function printLine({ mark, text }: Line): void {
  const { stdout } = process;
  const line = (mark === '@' ? `@@ ${text} @@` : `${mark}${text}`).trimEnd();
  const isColoured = stdout.isTTY === true && stdout.hasColors() && mark !== ' ';
  console.log(isColoured ? styleText(colours[mark], line, { validateStream: false }) : line);
}
