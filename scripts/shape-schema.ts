import type { Shape } from 'aws-ota-models';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of a shape of the service models. It does not limit decimals, because `multipleOf` is inexact for them. */
export function toJsonSchema(shape: Shape): JsonSchema {
  switch (shape.type) {
    case 'string':
      return {
        type: 'string',
        ...(shape.min === undefined ? {} : { minLength: shape.min }),
        ...(shape.max === undefined ? {} : { maxLength: shape.max }),
        ...(shape.pattern === undefined ? {} : { pattern: `^(?:${shape.pattern.source})$` }),
        ...(shape.says === undefined ? {} : { description: shape.says }),
      };
    case 'enum':
      return { enum: shape.values };
    case 'integer':
    case 'double':
      return {
        type: shape.type === 'integer' ? 'integer' : 'number',
        ...(shape.min === undefined ? {} : { minimum: shape.min }),
        ...(shape.max === undefined ? {} : { maximum: shape.max }),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'blob':
      return { type: 'string', contentEncoding: 'base64' };
    case 'list':
      return {
        type: 'array',
        items: toJsonSchema(shape.of),
        ...(shape.min === undefined ? {} : { minItems: shape.min }),
        ...(shape.max === undefined ? {} : { maxItems: shape.max }),
      };
    case 'map':
      return {
        type: 'object',
        propertyNames: toJsonSchema(shape.key),
        additionalProperties: toJsonSchema(shape.value),
        ...(shape.min === undefined ? {} : { minProperties: shape.min }),
        ...(shape.max === undefined ? {} : { maxProperties: shape.max }),
      };
    case 'structure':
      return {
        type: 'object',
        ...(shape.required && shape.required.length > 0 ? { required: shape.required } : {}),
        properties: Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, toJsonSchema(member)])),
        additionalProperties: false,
      };
  }
}
