import type { Kinds } from '../member-types.ts';

const texts = { list: 'string' } as const;

/** The types of SQS's members. A name means the same in every operation. */
export const SQS_MEMBERS: Kinds = {
  QueueUrl: 'string',
  QueueName: 'string',
  QueueNamePrefix: 'string',
  MessageBody: 'string',
  ReceiptHandle: 'string',
  Id: 'string',
  DataType: 'string',
  StringValue: 'string',
  BinaryValue: 'string',
  NextToken: 'string',
  SourceArn: 'string',
  DestinationArn: 'string',
  TaskHandle: 'string',
  MaxResults: 'integer',
  MaxNumberOfMessages: 'integer',
  MaxNumberOfMessagesPerSecond: 'integer',
  WaitTimeSeconds: 'integer',
  VisibilityTimeout: 'integer',
  DelaySeconds: 'integer',
  Entries: { list: 'structure' },
  AttributeNames: texts,
  MessageAttributeNames: texts,
  MessageSystemAttributeNames: texts,
  TagKeys: texts,
  Attributes: { map: 'string' },
  Tags: { map: 'string' },
  tags: { map: 'string' },
  MessageAttributes: { map: 'structure' },
  MessageSystemAttributes: { map: 'structure' },
};
