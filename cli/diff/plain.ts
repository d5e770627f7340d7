import { isRecord } from 'aws-ota-models';
import type { JsonObject } from '../../domain/channels/template-shape.ts';

/** The text of a name in a template, by its logical id or pseudo parameter. */
export type NameOf = (name: string) => string;

/**
 * A value of a template in which every intrinsic function is the text that it stands for. Ref, Fn::GetAtt, Fn::Sub and Fn::Join are
 * written as Fn::Sub writes them, such as `${AWS::AccountId}` and `${Queue.Arn}`. So two ways to write one text are equal. A text
 * that only looks like a variable has `${!`, as in Fn::Sub. `nameOf` may give a resource another name.
 */
export function plain(value: unknown, nameOf: NameOf = (name) => name): unknown {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, nameOf));
  if (!isRecord(value)) return value;
  return intrinsic(value, nameOf) ?? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member, nameOf)]));
}

const literal = (text: string): string => text.replaceAll('${', '${!');

/** The text of an intrinsic function. Undefined for every other object. */
function intrinsic(value: JsonObject, nameOf: NameOf): string | undefined {
  const [[name, argument] = ['', undefined], another] = Object.entries(value);
  if (another !== undefined || !/^(?:Ref|Fn::\w+)$/.test(name)) return undefined;
  const arguments_ = Array.isArray(argument) ? argument : [argument];
  if (name === 'Ref' && typeof argument === 'string') return `\${${nameOf(argument)}}`;
  if (name === 'Fn::GetAtt') return attribute(argument, nameOf) ?? call(name, arguments_, nameOf);
  if (name === 'Fn::Sub') return substituted(argument, nameOf) ?? call(name, arguments_, nameOf);
  if (name === 'Fn::Join') return joined(argument, nameOf) ?? call(name, arguments_, nameOf);
  return call(name, arguments_, nameOf);
}

function attribute(argument: unknown, nameOf: NameOf): string | undefined {
  const [resource, ...path] = typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? argument : [];
  if (typeof resource !== 'string' || path.length === 0 || !path.every((part) => typeof part === 'string')) return undefined;
  return `\${${[nameOf(resource), ...path].join('.')}}`;
}

function substituted(argument: unknown, nameOf: NameOf): string | undefined {
  const [pattern, variables = {}] = Array.isArray(argument) ? argument : [argument];
  if (typeof pattern !== 'string' || !isRecord(variables)) return undefined;
  return pattern.replaceAll(/\$\{([^!}][^}]*)\}/g, (_whole, variable: string) => {
    const [resource = '', ...path] = variable.trim().split('.');
    if (Object.hasOwn(variables, variable)) return inText(variables[variable], nameOf);
    return `\${${[nameOf(resource), ...path].join('.')}}`;
  });
}

function joined(argument: unknown, nameOf: NameOf): string | undefined {
  const [delimiter, items] = Array.isArray(argument) ? argument : [];
  if (typeof delimiter !== 'string' || !Array.isArray(items)) return undefined;
  return items.map((item) => inText(item, nameOf)).join(literal(delimiter));
}

/** Every other function, such as `${Fn::ImportValue(shared-bus)}`. */
function call(name: string, values: readonly unknown[], nameOf: NameOf): string {
  return `\${${name}(${values.map((value) => ordered(plain(value, nameOf))).join(', ')})}`;
}

function inText(value: unknown, nameOf: NameOf): string {
  const text = plain(value, nameOf);
  return typeof text === 'string' ? text : ordered(text);
}

/** Whether two JSON values are equal, whatever the order of the members of their objects. */
export function isSame(one: unknown, other: unknown): boolean {
  return ordered(one) === ordered(other);
}

/** The JSON text of a value, with the members of its objects by name. */
export function ordered(value: unknown): string {
  return (
    JSON.stringify(value, (_name, member) =>
      isRecord(member) ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1))) : member,
    ) ?? 'undefined'
  );
}
