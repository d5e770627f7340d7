import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Variables with which somebody chooses what the tests do. */
const OF_THE_TESTS = /^OTA_(?:MUTANT|TEST_RESULTS|PROPERTY_RUNS|PROPERTY_SEED)$/;
/** Variables that the service, Powertools, the SDK, osls, npm or Node read. */
const OF_THE_CALLER = /^(?:(?:AWS|OTA|POWERTOOLS|SLS|SERVERLESS|_X_AMZN)_.*|_HANDLER|LOG_LEVEL|INIT_CWD|NO_COLOR|FORCE_COLOR|COLUMNS)$/;
/** The engines that CONTRIBUTING names. Only the tests of a store or a queue use them, so they get names that no SDK reads. */
const ENGINES = { AWS_ENDPOINT_URL_DYNAMODB: 'TEST_ENDPOINT_DYNAMODB', AWS_ENDPOINT_URL_SQS: 'TEST_ENDPOINT_SQS' } as const;

/** The options of a Node that refuses to read the user's channels.yml. */
export const GUARD: readonly string[] = [`--import=${pathToFileURL(join(import.meta.dirname, 'users-channels.mjs')).href}`];

/**
 * The variables of the tests, for `test.env` of Vitest. It first removes from `environment` what would let the caller's shell
 * change what a test finds. Vitest starts its workers with the rest.
 */
export function testEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const engines = Object.entries(ENGINES).flatMap(([given, name]) => {
    const engine = environment[given];
    return engine === undefined ? [] : [[name, engine] as const];
  });
  for (const name of Object.keys(environment)) if (OF_THE_CALLER.test(name) && !OF_THE_TESTS.test(name)) delete environment[name];
  const here = import.meta.dirname;
  return {
    ...Object.fromEntries(engines),
    // Without these the SDK would read the caller's profiles and ask for the credentials of a virtual machine.
    AWS_CONFIG_FILE: join(here, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(here, 'no-aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    OTA_SERVERLESS_FILE: join(here, 'serverless.yml'),
    // For the processes that a test starts.
    NODE_OPTIONS: [environment['NODE_OPTIONS'], ...GUARD].filter((option) => option !== undefined).join(' '),
  };
}
