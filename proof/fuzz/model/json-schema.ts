import { isObject } from './checks.ts';
import { instantOf } from './instant.ts';

export type SchemaFlaw = { readonly path: readonly (string | number)[]; readonly keyword: string };

type Schema = Readonly<Record<string, unknown>>;
/** The way to a value, its last step first: written out only where something is wrong. */
type Place = { readonly step: string | number; readonly before: Place } | undefined;
type Rule = (value: unknown, place: Place, flaws: SchemaFlaw[]) => void;

/** Members that say nothing about what is valid. */
const annotations = new Set(['$schema', 'title', 'description', 'default', 'contentEncoding', 'examples']);

/** A hostile value can have a hundred thousand. */
const FLAWS_MAX = 100;

/**
 * What a JSON Schema (2020-12, as much of it as our published schemas use) finds wrong with a value, the first hundred.
 * Throws for a keyword that it does not know, rather than passing over it.
 */
export function compileSchema(schema: unknown): (value: unknown) => readonly SchemaFlaw[] {
  const rule = ruleOf(schema as Schema);
  return (value) => {
    const flaws: SchemaFlaw[] = [];
    rule(value, undefined, flaws);
    return flaws;
  };
}

function note(flaws: SchemaFlaw[], place: Place, keyword: string): void {
  if (flaws.length >= FLAWS_MAX) return;
  const path: (string | number)[] = [];
  for (let at = place; at; at = at.before) path.unshift(at.step);
  flaws.push({ path, keyword });
}

function ruleOf(schema: Schema): Rule {
  const rules = Object.keys(schema)
    .filter((keyword) => !annotations.has(keyword))
    .map((keyword) => keywordRule(keyword, schema[keyword], schema));
  return (value, place, flaws) => {
    for (const rule of rules) rule(value, place, flaws);
  };
}

function keywordRule(keyword: string, given: unknown, schema: Schema): Rule {
  const limit = Number(given);
  const test = (isRight: (value: unknown) => boolean): Rule => {
    return (value, place, flaws) => {
      if (!isRight(value)) note(flaws, place, keyword);
    };
  };
  const ofText = (isRight: (text: string) => boolean) => test((value) => typeof value !== 'string' || isRight(value));
  switch (keyword) {
    case 'type':
      return test((value) => typeOf(value) === given || (given === 'number' && typeof value === 'number'));
    case 'const':
      return test((value) => value === given);
    case 'enum':
      return test((value) => (given as readonly unknown[]).includes(value));
    case 'pattern': {
      const pattern = new RegExp(String(given), 'u');
      return ofText((text) => pattern.test(text));
    }
    case 'minLength':
      return ofText((text) => text.length >= 2 * limit || Array.from(text).length >= limit);
    case 'maxLength':
      return ofText((text) => text.length <= limit || Array.from(text).length <= limit);
    case 'format':
      if (given !== 'date-time') throw new Error(`unknown format ${String(given)}`);
      return ofText((text) => instantOf(text) !== undefined);
    case 'minimum':
      return test((value) => typeof value !== 'number' || value >= limit);
    case 'maximum':
      return test((value) => typeof value !== 'number' || value <= limit);
    case 'minItems':
      return test((value) => !Array.isArray(value) || value.length >= limit);
    case 'maxItems':
      return test((value) => !Array.isArray(value) || value.length <= limit);
    case 'items':
      return itemsRule(ruleOf(given as Schema));
    case 'required':
      return requiredRule(given as readonly string[]);
    case 'properties':
      return propertiesRule(given as Readonly<Record<string, Schema>>);
    case 'propertyNames':
      return namesRule(ruleOf(given as Schema));
    case 'additionalProperties':
      return additionalRule(new Set(Object.keys((schema['properties'] ?? {}) as object)), given as Schema | false);
    default:
      throw new Error(`unknown keyword ${keyword}`);
  }
}

function itemsRule(rule: Rule): Rule {
  return (value, place, flaws) => {
    if (!Array.isArray(value)) return;
    for (let step = 0; step < value.length; step += 1) rule(value[step], { step, before: place }, flaws);
  };
}

function requiredRule(names: readonly string[]): Rule {
  return (value, place, flaws) => {
    if (!isObject(value)) return;
    for (const step of names) if (!Object.hasOwn(value, step)) note(flaws, { step, before: place }, 'required');
  };
}

function propertiesRule(properties: Readonly<Record<string, Schema>>): Rule {
  const rules = Object.entries(properties).map(([name, schema]) => [name, ruleOf(schema)] as const);
  return (value, place, flaws) => {
    if (!isObject(value)) return;
    for (const [step, rule] of rules) if (Object.hasOwn(value, step)) rule(value[step], { step, before: place }, flaws);
  };
}

function namesRule(rule: Rule): Rule {
  return (value, place, flaws) => {
    if (isObject(value)) for (const step of Object.keys(value)) rule(step, { step, before: place }, flaws);
  };
}

function additionalRule(known: ReadonlySet<string>, schema: Schema | false): Rule {
  const rule: Rule = schema === false ? (_value, place, flaws) => note(flaws, place, 'additionalProperties') : ruleOf(schema);
  return (value, place, flaws) => {
    if (!isObject(value)) return;
    for (const step of Object.keys(value)) if (!known.has(step)) rule(value[step], { step, before: place }, flaws);
  };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
