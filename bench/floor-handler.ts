import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetOTAUpdateCommand, IoTClient } from '@aws-sdk/client-iot';

/** The floor of a cold start: the two clients that every dispatcher needs, without logic. */
const dynamodb = new DynamoDBClient({ maxAttempts: 1 });
const iot = new IoTClient({ maxAttempts: 1 });

/** One call of each. */
export const handler = async (): Promise<void> => {
  await dynamodb.send(new GetItemCommand({ TableName: 'floor', Key: { pk: { S: 'a' }, sk: { S: 'b' } } }));
  await iot.send(new GetOTAUpdateCommand({ otaUpdateId: 'fw-floor-1' }));
};
