import { AwsError } from '../aws-error.ts';

/** What a target receives: the whole event, one part of it, a constant, or a template filled from parts. */
export type TargetInput = {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: Readonly<Record<string, string>>; readonly InputTemplate: string };
};

export type EventText = {
  /** The whole envelope as JSON. */
  readonly json: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly ruleArn: string;
  readonly ruleName: string;
};

/** Throws a ValidationException if a target has more than one of the three inputs, or one that cannot be read. */
export function checkTargetInput(id: string, { Input, InputPath, InputTransformer }: TargetInput): void {
  const ways = [Input, InputPath, InputTransformer].filter((way) => way !== undefined);
  if (ways.length > 1)
    throw new AwsError('ValidationException', `Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  if (Input !== undefined && !isJson(Input)) throw new AwsError('ValidationException', `Input for target ${id} is not a valid JSON text.`);
  const paths = InputPath === undefined ? Object.values(InputTransformer?.InputPathsMap ?? {}) : [InputPath];
  const wrong = paths.find((path) => !path.startsWith('$'));
  if (wrong !== undefined)
    throw new AwsError('ValidationException', `Invalid InputPath for target ${id} : '${wrong}' does not begin with $.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The body that a target receives. */
export function targetBody(target: TargetInput, { json, event, ruleArn, ruleName }: EventText): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(event, target.InputPath) ?? null);
  const transformer = target.InputTransformer;
  if (transformer === undefined) return json;
  const { detail: _detail, ...withoutDetail } = event;
  const values: Record<string, unknown> = {
    'aws.events.rule-arn': ruleArn,
    'aws.events.rule-name': ruleName,
    'aws.events.event.ingestion-time': event['time'],
    'aws.events.event': withoutDetail,
    'aws.events.event.json': event,
  };
  for (const [name, path] of Object.entries(transformer.InputPathsMap ?? {})) values[name] = valueAt(event, path);
  return fill(transformer.InputTemplate, values);
}

/** The value at a path such as `$.detail.devices[0].name`; `undefined` if there is no value. */
function valueAt(event: unknown, path: string): unknown {
  let value: unknown = event;
  for (const [, dotted, index, quoted] of path.slice(1).matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = dotted ?? index ?? quoted ?? '';
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

/** A value is plain text inside quotes and JSON outside. A missing value is empty inside quotes and null outside. */
function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (token, name: string | undefined) => {
    if (token === '"') quoted = !quoted;
    if (name === undefined) return token;
    const value = values[name];
    if (!quoted) return JSON.stringify(value ?? null);
    return value === undefined ? '' : typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
  });
}
