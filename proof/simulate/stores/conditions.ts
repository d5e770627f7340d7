import { type AttributeValue, DeleteItemCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Chance } from '../../random.ts';
import { LOCK } from '../aws/dynamodb.ts';
import { asking, type Kinds } from './side.ts';

const IDS = ['k1', 'k2'];
const TEXTS = ['', 'a', 'ab', 'b', 'é', 'INPROGRESS'];
const NUMBERS = ['-1', '0', '1767600000', '1767600000.5'];
const ATTRIBUTES = ['id', 'n', 's', 'no'];
const OPERATORS = ['=', '<>', '<', '<=', '>', '>='];

type Condition = {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
};

/** Writes with conditions of every form that the simulated tables evaluate, on items with a number, a text, both or neither. */
export function conditionKinds(chance: Chance): Kinds {
  const shown = () => (chance.is('item shown', 0.5) ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } : {});
  const conditioned = () => (chance.is('conditioned', 0.8) ? { ...conditionOf(chance), ...shown() } : {});
  const Key = (): Record<string, AttributeValue> => ({ id: { S: chance.pick('id', IDS) } });
  return [
    [
      3,
      () => {
        const Item = {
          ...Key(),
          ...(chance.is('with n', 0.7) && { n: numberOf(chance) }),
          ...(chance.is('with s', 0.7) && { s: textOf(chance) }),
        };
        const input = { TableName: LOCK, Item, ...conditioned() };
        return asking(`PutItem ${JSON.stringify(input)}`, ({ dynamodb }) => dynamodb.send(new PutItemCommand(input)).then(nothing));
      },
    ],
    [
      2,
      () => {
        const { ExpressionAttributeNames, ExpressionAttributeValues, ...condition }: Partial<Condition> = conditioned();
        const input = {
          TableName: LOCK,
          Key: Key(),
          UpdateExpression: chance.pick('update', ['SET #u1 = :u1', 'SET #u1 = :u1, #u2 = :u2']),
          ...condition,
        };
        const both = input.UpdateExpression.includes('#u2');
        const names = { ...ExpressionAttributeNames, '#u1': 'n', ...(both && { '#u2': 's' }) };
        const values = { ...ExpressionAttributeValues, ':u1': numberOf(chance), ...(both && { ':u2': textOf(chance) }) };
        const whole = { ...input, ExpressionAttributeNames: names, ExpressionAttributeValues: values };
        return asking(`UpdateItem ${JSON.stringify(whole)}`, ({ dynamodb }) => dynamodb.send(new UpdateItemCommand(whole)).then(nothing));
      },
    ],
    [
      1,
      () => {
        const input = { TableName: LOCK, Key: Key(), ...conditioned() };
        return asking(`DeleteItem ${JSON.stringify(input)}`, ({ dynamodb }) => dynamodb.send(new DeleteItemCommand(input)).then(nothing));
      },
    ],
    [
      1,
      () => {
        const input = { TableName: LOCK, Key: Key(), ConsistentRead: true };
        return asking(`GetItem ${JSON.stringify(input)}`, async ({ dynamodb }) => ({
          item: (await dynamodb.send(new GetItemCommand(input))).Item,
        }));
      },
    ],
  ];
}

/** The service does not read the answers to these writes. */
const nothing = () => undefined;

const numberOf = (chance: Chance): AttributeValue => ({ N: chance.pick('number', NUMBERS) });
const textOf = (chance: Chance): AttributeValue => ({ S: chance.pick('text', TEXTS) });

function conditionOf(chance: Chance): Condition {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const name = (): string => {
    const attribute = chance.pick('attribute', ATTRIBUTES);
    names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  };
  const value = (of: AttributeValue): string => {
    const key = `:v${Object.keys(values).length}`;
    values[key] = of;
    return key;
  };
  const leaf = (): string => {
    switch (chance.whole('form', 0, 4)) {
      case 0:
        return `attribute_exists(${name()})`;
      case 1:
        return `attribute_not_exists(${name()})`;
      case 2:
        return `begins_with(${name()}, ${value({ S: chance.pick('prefix', ['a', 'é', 'IN', 'k']) })})`;
      default:
        return `${name()} ${chance.pick('operator', OPERATORS)} ${value(chance.is('a number', 0.5) ? numberOf(chance) : textOf(chance))}`;
    }
  };
  const whole = (depth: number): string => {
    if (depth === 0 || chance.is('a leaf', 0.3)) return chance.is('negated', 0.2) ? `NOT ${leaf()}` : leaf();
    const [left, right] = [whole(depth - 1), whole(depth - 1)];
    const joined = `${left} ${chance.pick('joined by', ['AND', 'OR'])} ${right}`;
    if (chance.is('in brackets', 0.6)) return joined.startsWith('(') && joined.endsWith(')') ? `NOT (${left} AND ${right})` : `(${joined})`;
    return joined;
  };
  // DynamoDB refuses redundant brackets around a whole condition, so something always stands beside them.
  const expression = chance.is('simple', 0.4) ? leaf() : `${whole(2)} ${chance.pick('joined by', ['AND', 'OR'])} ${leaf()}`;
  return {
    ConditionExpression: expression,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}
