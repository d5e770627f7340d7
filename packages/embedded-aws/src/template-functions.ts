type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

/** What the intrinsic functions need of the template in which they stand. */
export type TemplateScope = {
  resolve(value: Json): Json;
  ref(name: string): Json;
  getAtt(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  /** Whether a condition holds that is written out in place. */
  holds(value: Json): boolean;
  readonly mappings: JsonObject;
};

/** CloudFormation's intrinsic functions by name; each resolves its argument. They throw if it names something unknown. */
export function intrinsicFunctions(scope: TemplateScope): Readonly<Record<string, (argument: Json) => Json>> {
  const { resolve, ref, getAtt, condition, holds, mappings } = scope;
  return {
    Ref: (argument) => ref(String(argument)),
    'Fn::GetAtt'(argument) {
      const parts = Array.isArray(argument) ? argument : String(argument).split(/\.(.*)/);
      return getAtt(String(parts[0]), String(resolve(parts[1])));
    },
    'Fn::Sub': (argument) =>
      Array.isArray(argument) ? substitute(scope, String(argument[0]), argument[1] as JsonObject) : substitute(scope, String(argument), {}),
    'Fn::Join'(argument) {
      const [separator, list] = argument as [string, Json];
      return (resolve(list) as Json[]).join(separator);
    },
    'Fn::Split'(argument) {
      const [separator, text] = argument as [string, Json];
      return String(resolve(text)).split(separator);
    },
    'Fn::Select'(argument) {
      const [index, list] = argument as [Json, Json];
      const value = (resolve(list) as Json[])[Number(resolve(index))];
      if (value === undefined) throw new Error(`Fn::Select finds nothing at ${String(index)}`);
      return value;
    },
    'Fn::If'(argument) {
      const [name, ifTrue, ifFalse] = argument as [string, Json, Json];
      return resolve(condition(name) ? ifTrue : ifFalse);
    },
    'Fn::Equals'(argument) {
      const [one, other] = argument as [Json, Json];
      return JSON.stringify(resolve(one)) === JSON.stringify(resolve(other));
    },
    'Fn::And': (argument) => (argument as Json[]).every(holds),
    'Fn::Or': (argument) => (argument as Json[]).some(holds),
    'Fn::Not': (argument) => !holds((argument as Json[])[0]),
    'Fn::FindInMap'(argument) {
      const [map, first, second] = (argument as Json[]).map(resolve).map(String);
      const value = (mappings[map ?? ''] as Readonly<Record<string, JsonObject>> | undefined)?.[first ?? '']?.[second ?? ''];
      if (value === undefined) throw new Error(`the mappings have no ${map}.${first}.${second}`);
      return value;
    },
    'Fn::Base64': (argument) => Buffer.from(String(resolve(argument))).toString('base64'),
    'Fn::ToJsonString': (argument) => JSON.stringify(resolve(argument)),
  };
}

function substitute({ resolve, ref, getAtt }: TemplateScope, text: string, own: JsonObject): string {
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (name in own) return String(resolve(own[name]));
    const dot = name.indexOf('.');
    return String(dot === -1 ? ref(name) : getAtt(name.slice(0, dot), name.slice(dot + 1)));
  });
}
