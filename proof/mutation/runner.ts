/**
 * A test runner of Stryker for code that is pure: it loads all tests once, and then calls those that reach a mutant, in the
 * same process. Vitest starts anew for each mutant, which takes seconds.
 *
 * A mutant that acts while a module is loaded needs a process of its own. This runner refuses it, so `ignoreStatic` must be on.
 */
import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS, type MutantCoverage, type StrykerOptions } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import { type KeptTest, takeTests } from './vitest.ts';

/** What the code that Stryker has changed reads and counts. */
type Instrumented = {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage;
};

/** The option `examples`: which files have the tests. */
type Examples = { readonly include: readonly string[]; readonly exclude: readonly string[] };

type LoadedTest = KeptTest & { readonly id: string; readonly fileName: string; milliseconds: number };

class ExamplesRunner implements TestRunner {
  readonly #instrumented: Instrumented;
  readonly #examples: Examples;
  #tests: ReadonlyMap<string, LoadedTest> = new Map();
  /** A test that a mutant has left broken. */
  #broken: string | undefined;

  constructor(options: StrykerOptions) {
    this.#examples = options['examples'] as Examples;
    this.#instrumented = {};
    Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: this.#instrumented });
  }

  /** Pure code keeps nothing from one mutant to the next, so there is nothing to load again. {@link mutantRun} checks that. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'vitest' && !context.parentURL?.endsWith('/proof/mutation/vitest.ts')
          ? { url: new URL('vitest.ts', import.meta.url).href, shortCircuit: true }
          : next(specifier, context),
    });
    const tests = new Map<string, LoadedTest>();
    for (const file of globSync([...this.#examples.include], { exclude: [...this.#examples.exclude] }).sort()) {
      await import(pathToFileURL(path.resolve(file)).href);
      for (const [index, test] of takeTests().entries()) {
        const id = `${file} ${index}: ${test.name}`;
        tests.set(id, { ...test, id, fileName: path.resolve(file), milliseconds: 0 });
      }
    }
    this.#tests = tests;
  }

  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = [];
    for (const test of this.#tests.values()) {
      this.#instrumented.currentTestId = test.id;
      const failureMessage = await failureOf(test);
      this.#instrumented.currentTestId = undefined;
      const { id, name, fileName, milliseconds: timeSpentMs } = test;
      results.push(
        failureMessage === undefined
          ? { id, name, fileName, timeSpentMs, status: TestStatus.Success }
          : { id, name, fileName, timeSpentMs, status: TestStatus.Failed, failureMessage },
      );
    }
    const { mutantCoverage } = this.#instrumented;
    return { status: DryRunStatus.Complete, tests: results, ...(mutantCoverage && { mutantCoverage }) };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }: MutantRunOptions): Promise<MutantRunResult> {
    if (mutantActivation === 'static' || !testFilter) {
      return { status: MutantRunStatus.Error, errorMessage: 'This runner does not load the tests again: set ignoreStatic.' };
    }
    // Stryker then runs this mutant in a new process.
    if (this.#broken !== undefined) throw new Error(`an earlier mutant has left this test broken: ${this.#broken}`);
    Object.assign(this.#instrumented, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const result = await this.#runUntilOneFails(testFilter, hitLimit);
    Object.assign(this.#instrumented, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    const killer = result.status === MutantRunStatus.Killed ? this.#loaded(String(result.killedBy[0])) : undefined;
    if (killer && (await failureOf(killer)) !== undefined) this.#broken = killer.id;
    return result;
  }

  #loaded(id: string): LoadedTest {
    const test = this.#tests.get(id);
    if (!test) throw new Error(`this process has no test ${id}`);
    return test;
  }

  async #runUntilOneFails(testFilter: readonly string[], hitLimit: number | undefined): Promise<MutantRunResult> {
    const tests = testFilter.map((id) => this.#loaded(id));
    // Most mutants fail in any of their tests, so the slow ones come last.
    tests.sort((a, b) => a.milliseconds - b.milliseconds);
    let nrOfTests = 0;
    for (const test of tests) {
      nrOfTests += 1;
      const failureMessage = await failureOf(test);
      const limit = determineHitLimitReached(this.#instrumented.hitCount, hitLimit);
      if (limit) return { status: MutantRunStatus.Timeout, reason: limit.reason ?? 'the limit of hits' };
      if (failureMessage !== undefined) return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }
}

/** The message with which a test fails. It also notes how long the test took. */
async function failureOf(test: LoadedTest): Promise<string | undefined> {
  const started = performance.now();
  try {
    await test.run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    test.milliseconds = performance.now() - started;
  }
}

const create = Object.assign((options: StrykerOptions) => new ExamplesRunner(options), { inject: tokens('options') });

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'examples', create)];

const patterns = { type: 'array', items: { type: 'string' } };

/** What Stryker lets stand in its configuration for this runner. */
export const strykerValidationSchema = {
  properties: {
    examples: { type: 'object', required: ['include', 'exclude'], properties: { include: patterns, exclude: patterns } },
  },
};
