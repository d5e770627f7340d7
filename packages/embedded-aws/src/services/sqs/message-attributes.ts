import { AwsError } from '../aws-error.ts';
import type { MessageAttribute, MessageAttributes } from './queue.ts';

const MAXIMUM_ATTRIBUTES = 10;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Whether a text has only the characters of XML 1.0. SQS requires it, even in the JSON protocol. */
export function hasOnlyXmlCharacters(text: string): boolean {
  return /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text);
}

/**
 * Throws SQS's InvalidParameterValue unless a message may have these attributes: at most ten, each with a name, a type and
 * a value by the rules of "Amazon SQS message metadata" in the Developer Guide.
 */
export function checkMessageAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > MAXIMUM_ATTRIBUTES)
    throw invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAXIMUM_ATTRIBUTES}].`);
  for (const [name, attribute] of entries) {
    checkName(name);
    checkValue(name, attribute);
  }
}

function checkName(name: string): void {
  if (!/^[\w.-]{1,256}$/.test(name)) throw invalid(`The message attribute name '${name}' is invalid.`);
  if (/^\.|\.\.|\.$/.test(name))
    throw invalid(`The message attribute name '${name}' is invalid. It can't start or end with a period or have successive ones.`);
  if (/^(aws|amazon)\./i.test(name))
    throw invalid(`The message attribute name '${name}' is invalid. Names that start with AWS. or Amazon. are reserved.`);
}

function checkValue(name: string, { DataType, StringValue, BinaryValue }: Partial<MessageAttribute>): void {
  if (
    DataType === undefined ||
    !/^(String|Number|Binary)(\.|$)/.test(DataType) ||
    DataType.length > 256 ||
    !hasOnlyXmlCharacters(DataType)
  ) {
    throw invalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const isBinary = DataType.startsWith('Binary');
  const value = isBinary ? BinaryValue : StringValue;
  if (value === undefined || value === '') throw invalid(`Message attribute '${name}' must contain a non-empty value of its type.`);
  if (isBinary) return;
  if (!hasOnlyXmlCharacters(value)) throw invalid(`The value of message attribute '${name}' has invalid characters.`);
  if (DataType.startsWith('Number') && !NUMBER.test(value))
    throw invalid(`Can't cast the value of message attribute '${name}' to a number.`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
