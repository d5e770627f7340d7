import { AwsError } from '../aws-error.ts';
import type { JsonInput } from '../member-types.ts';

/** A whole number of the input; `undefined` if it is absent. Throws SQS's InvalidParameterValue if it is out of range. */
export function between(input: JsonInput, name: string, least: number, most: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AwsError(
    'InvalidParameterValue',
    `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}.`,
  );
}
