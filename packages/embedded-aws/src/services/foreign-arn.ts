import { partitionOf } from '../partition.ts';

/** Members whose text is an ARN, or whose list has ARNs. The name of a table may be an ARN too. */
const ARN_MEMBER = /(arn|^targets?|^tablename)$/i;
/** Members whose names and texts belong to the caller. */
const FREE_MEMBER = /^(tags|attributes|statusdetails)$/i;

/**
 * Why a request is refused that names an ARN of another partition; `undefined` if there is no such ARN. No resource of another
 * partition can be reached: accounts, roles and Regions belong to one. Assumed: AWS refuses the request at once. Its text
 * is not documented.
 */
export function foreignArn(input: unknown, region: string): string | undefined {
  const { name } = partitionOf(region);
  const arn = findForeign(input, name);
  return arn && `${arn} is in the partition ${arn.split(':')[1]}. The Region ${region} is in the partition ${name}.`;
}

function findForeign(value: unknown, partition: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!Array.isArray(value) && FREE_MEMBER.test(name)) continue;
    const texts = ARN_MEMBER.test(name) ? [member].flat() : [];
    const found = texts.find((text) => isForeign(text, partition)) ?? findForeign(member, partition);
    if (found !== undefined) return String(found);
  }
  return undefined;
}

function isForeign(value: unknown, partition: string): boolean {
  const found = typeof value === 'string' ? /^arn:(aws[a-z-]*):/.exec(value)?.[1] : undefined;
  return found !== undefined && found !== partition;
}
