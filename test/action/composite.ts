import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../scripts/installation.ts';

type Step = { readonly id: string; readonly run: string; readonly shell: string; readonly env: Readonly<Record<string, string>> };

/** The part of action.yml that the tests run. */
export type Action = {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};

export const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;

/** What a run of the action has left behind. */
export type Run = {
  readonly status: number | null;
  /** What the job log has. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The summary of the job, in Markdown. */
  readonly summary: string;
};

export type Runner = {
  /** The folder of the job, in which the steps run. */
  readonly workspace: string;
  /** Where GitHub has checked out the action. */
  readonly actionPath?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the step with this signal as soon as the log has this text. */
  readonly cancel?: { readonly at: string; readonly signal: NodeJS.Signals };
};

/**
 * Runs the steps of action.yml as GitHub does: it fills in the expressions, writes each script into a file, and runs it with the shell of
 * the step and with `-e -o pipefail`. Outputs and summary come from the files that the step has written. Throws for an expression
 * that it does not know.
 */
export async function runAction(inputs: Readonly<Record<string, string>>, runner: Runner): Promise<Run> {
  const given = Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, inputs[name] ?? input.default ?? '']);
  const known: Record<string, string> = Object.fromEntries(given);
  let [status, log, summary]: [number | null, string, string] = [0, '', ''];
  for (const step of action.runs.steps) {
    const files = mkdtempSync(join(runner.workspace, '..', 'step-'));
    const [script, output, summaryFile] = ['script.sh', 'output', 'summary'].map((name) => join(files, name)) as [string, string, string];
    for (const file of [output, summaryFile]) writeFileSync(file, '');
    writeFileSync(script, step.run);
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: files,
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      RUNNER_TEMP: files,
      GITHUB_WORKSPACE: runner.workspace,
      GITHUB_ACTION_PATH: runner.actionPath ?? root,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summaryFile,
      ...runner.env,
      ...Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, filledIn(text, known)])),
    };
    const ran = await runScript(step.shell, script, env, runner);
    status = ran.status;
    log += ran.log;
    summary += readFileSync(summaryFile, 'utf8');
    for (const [name, value] of outputsIn(readFileSync(output, 'utf8'))) known[`steps.${step.id}.outputs.${name}`] = value;
    if (status !== 0) break;
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, filledIn(value, known)]);
  return { status, log, outputs: Object.fromEntries(outputs), summary };
}

function runScript(
  shell: string,
  script: string,
  env: Readonly<Record<string, string>>,
  { workspace, cancel }: Runner,
): Promise<{ readonly status: number | null; readonly log: string }> {
  const child = spawn(shell, ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], { cwd: workspace, env });
  let log = '';
  let isCancelled = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log += text;
      if (cancel === undefined || isCancelled || !log.includes(cancel.at)) return;
      isCancelled = true;
      child.kill(cancel.signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, log }));
  });
}

/** A text with the values of its expressions. An output that no step has written is empty, as on GitHub. */
function filledIn(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(\S+?)\s*\}\}/g, (whole, name: string) => {
    if (known[name] === undefined && !name.startsWith('steps.')) throw new Error(`the test does not know ${whole}`);
    return known[name] ?? '';
  });
}

/** The outputs in a file that a step has written: `NAME<<DELIMITER`, the value, and the delimiter. */
function outputsIn(text: string): [name: string, value: string][] {
  const lines = text.split('\n');
  const found: [string, string][] = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    const [, name = '', delimiter = ''] = /^([\w-]+)<<(.+)$/.exec(line) ?? [];
    if (delimiter === '') continue;
    const end = lines.indexOf(delimiter);
    found.push([name, lines.slice(0, end).join('\n')]);
    lines.splice(0, end + 1);
  }
  return found;
}
