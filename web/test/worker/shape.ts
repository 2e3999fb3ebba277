import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Schema = {
  $ref?: string;
  type?: string;
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
};

const file = join(import.meta.dirname, '../../src/api/openapi.json');
const { schemas } = JSON.parse(readFileSync(file, 'utf8')).components as { schemas: Record<string, Schema> };

/** What is wrong with a body by the server's own document; empty when nothing is. What the document does not name is wrong, too. */
export function faults(value: unknown, name: string): string[] {
  return check(value, { $ref: `#/components/schemas/${name}` }, name);
}

function check(value: unknown, schema: Schema, at: string): string[] {
  if (schema.$ref) {
    const target = schemas[schema.$ref.split('/').at(-1) ?? ''];
    return target ? check(value, target, at) : [`${at}: the document has no ${schema.$ref}`];
  }
  if (schema.oneOf) {
    const tries = schema.oneOf.map((one) => check(value, one, at));
    return tries.some((one) => one.length === 0) ? [] : tries.flat();
  }
  if (schema.type === 'null') return value === null ? [] : [`${at}: not null`];
  if (schema.type === 'string')
    return typeof value === 'string' && value.length <= (schema.maxLength ?? value.length)
      ? []
      : [`${at}: ${JSON.stringify(value)} is no such text`];
  if (schema.type === 'integer') {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    return Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
      ? []
      : [`${at}: ${JSON.stringify(value)} is no such number`];
  }
  if (schema.type !== 'object' || typeof value !== 'object' || value === null) return [`${at}: no object`];
  const { properties = {}, required = [] } = schema;
  return [
    ...required.filter((key) => !(key in value)).map((key) => `${at}.${key}: missing`),
    ...Object.entries(value).flatMap(([key, inner]) =>
      properties[key] ? check(inner, properties[key], `${at}.${key}`) : [`${at}.${key}: not in the document`],
    ),
  ];
}
