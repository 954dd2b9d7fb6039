/** A client that is written from the schema alone finds everything said there. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';

const folder = new URL('../../graphql/', import.meta.url);
const source = readdirSync(folder)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n');

interface Said {
  readonly path: string;
  readonly description: string | null | undefined;
}

function elements(): readonly Said[] {
  const types = Object.values(buildSchema(source).getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  return types.flatMap((type): readonly Said[] => {
    const own: Said = { path: type.name, description: type.description };
    if (isEnumType(type))
      return [
        own,
        ...type.getValues().map((value) => ({ path: `${type.name}.${value.name}`, description: value.description })),
      ];
    if (isInputObjectType(type))
      return [
        own,
        ...Object.values(type.getFields()).map(({ name, description }) => ({
          path: `${type.name}.${name}`,
          description,
        })),
      ];
    if (!isObjectType(type)) return [own];
    return [
      own,
      ...Object.values(type.getFields()).flatMap(({ name, description, args }) => [
        { path: `${type.name}.${name}`, description },
        ...args.map((one) => ({ path: `${type.name}.${name}(${one.name})`, description: one.description })),
      ]),
    ];
  });
}

describe('the schema', () => {
  test('says of every type, field, argument and value what it is', () => {
    const silent = elements().filter(({ description }) => (description ?? '').length < 8);
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});
