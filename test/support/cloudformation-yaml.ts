import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import type { Template } from '../../scripts/compiled-template.ts';

const SHORT = ['Equals', 'GetAtt', 'If', 'Join', 'Not', 'Or', 'Sub'];

/** Reads a CloudFormation template in YAML. Short forms such as `!Sub` become the long forms of JSON. */
export function readTemplate(file: string): Template & { Parameters: Record<string, unknown> } {
  return parse(readFileSync(file, 'utf8'), { customTags: [ref, ...SHORT.flatMap(tagsOf)] }) as Template & {
    Parameters: Record<string, unknown>;
  };
}

const ref: ScalarTag = { tag: '!Ref', resolve: (id: string) => ({ Ref: id }) };

function tagsOf(name: string): (ScalarTag | CollectionTag)[] {
  const long = `Fn::${name}`;
  return [
    { tag: `!${name}`, resolve: (text: string) => ({ [long]: name === 'GetAtt' ? text.split('.') : text }) },
    {
      tag: `!${name}`,
      collection: 'seq',
      resolve: (items: unknown) => ({ [long]: (items as { toJSON(): unknown }).toJSON() }),
    } as CollectionTag,
  ];
}
