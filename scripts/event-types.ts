import { isRecord } from 'aws-ota-models';

type JsonSchema = Readonly<Record<string, unknown>>;

/** An event with the JSON Schema of its detail. The schema has titles where a type should have a name of its own. */
export type EventSchema = { readonly detailType: string; readonly schema: JsonSchema; readonly isIncoming: boolean };

/** The names of the details that come in. They are the names in the code of the service. */
const incomingNames: Readonly<Record<string, string>> = {
  'Firmware Release Published': 'ReleaseEvent',
  'Firmware Release Withdrawn': 'WithdrawalEvent',
  'Firmware Release Approved': 'ApprovalEvent',
  'Firmware Channel Held': 'HoldEvent',
  'Firmware Channel Resumed': 'ResumeEvent',
};

/**
 * Declarations of all events for TypeScript, without imports. A schema with a title becomes a type with that name. The detail of
 * each outcome becomes a type with the name of its detail-type, without blanks. Throws if two different schemas have one title.
 */
export function eventTypes(events: readonly EventSchema[]): string {
  const named = new Map<string, string>();
  const details = events.map(({ detailType, schema, isIncoming }) => {
    const name = incomingNames[detailType] ?? detailType.replaceAll(' ', '');
    declare(named, name, schema, isIncoming ? `The detail of \`${detailType}\`.` : String(schema['description']));
    return { detailType, name, isIncoming };
  });
  const outcomes = details.filter(({ isIncoming }) => !isIncoming);
  const parts = [
    '// Made by `npm run schemas` from the code of the service. Do not edit it.',
    ...named.values(),
    `/** The details of the events that go out, by detail-type. */\nexport interface OutcomeDetails {\n${outcomes.map(({ detailType, name }) => `  '${detailType}': ${name};`).join('\n')}\n}`,
    'export type OutcomeType = keyof OutcomeDetails;',
    outcomeEvent,
  ];
  return `${parts.join('\n\n')}\n`;
}

const outcomeEvent = `/** An event that goes out, as EventBridge delivers it. \`detail-type\` decides the type of \`detail\`. */
export type OutcomeEvent<T extends OutcomeType = OutcomeType> = {
  [K in T]: {
    version: string;
    id: string;
    'detail-type': K;
    source: 'ota-dispatch';
    account: string;
    time: string;
    region: string;
    resources: string[];
    detail: OutcomeDetails[K];
  };
}[T];`;

function declare(named: Map<string, string>, name: string, schema: JsonSchema, description: unknown): void {
  const text = `${comment(description, '')}export interface ${name} ${structure(schema, '', named)}`;
  const before = named.get(name);
  if (before !== undefined && before !== text) throw new Error(`two different schemas have the title ${name}`);
  named.set(name, text);
}

function typeOf(schema: unknown, indent: string, named: Map<string, string>): string {
  if (!isRecord(schema)) return 'unknown';
  const { title, type } = schema;
  if (schema['const'] !== undefined) return literal(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(literal).join(' | ');
  if (type === 'string' || type === 'boolean') return type;
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') {
    const item = typeOf(schema['items'], indent, named);
    return /^\w+$/.test(item) ? `${item}[]` : `(${item})[]`;
  }
  if (type !== 'object') return 'unknown';
  if (typeof title === 'string') {
    declare(named, title, schema, schema['description']);
    return title;
  }
  if (isRecord(schema['properties'])) return structure(schema, indent, named);
  return `{ [name: string]: ${typeOf(schema['additionalProperties'], indent, named)} }`;
}

function structure({ properties, required }: JsonSchema, indent: string, named: Map<string, string>): string {
  if (!isRecord(properties)) throw new Error('a structure has properties');
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, schema]) => {
    const description = isRecord(schema) ? comment(schema['description'], inner) : '';
    return `${description}${inner}${name}${isRequired(name) ? '' : '?'}: ${typeOf(schema, inner, named)};`;
  });
  return `{\n${members.join('\n')}\n${indent}}`;
}

function comment(description: unknown, indent: string): string {
  return typeof description === 'string' ? `${indent}/** ${description} */\n` : '';
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
