import { oneLine } from '../../scripts/layout.ts';
import type { Difference, FunctionChange, OutputChange, ResourceChange } from './compare.ts';
import type { PermissionChange } from './permissions.ts';
import { ordered } from './plain.ts';
import { type PropertyChange, valueText } from './properties.ts';
import { contentsOf, type Fate } from './replacement.ts';
import { listNames, type Statement } from './statements.ts';

/**
 * A line for a person. `+`, `-` and `!` are new, gone and changed, in the first column: GitHub colours them in a block of the language
 * `diff`. A line with `@` is a heading, and one without a mark goes with the line above.
 */
export type Line = { readonly mark: '+' | '-' | '!' | '@' | ' '; readonly text: string };

/** How many characters of a value are shown. `--json` prints all of it. */
const TEXT_MAX = 400;
/** A pair of values that is longer than this is shown only around what differs. */
const PAIR_MAX = 160;
/** How many characters are shown before and after what differs. */
const AROUND = 30;
/** A change with short values stands in one line. */
const ONE_LINE_MAX = 100;

/**
 * What differs, as lines: first who may do what, then what is deleted or replaced, the functions, the other resources, the alarms and the
 * outputs. Every text of the templates is on one line, without control characters.
 */
export function linesOf(difference: Difference): readonly Line[] {
  const { permissions, resources, functions, outputs, template } = difference;
  const everything = [...resources, ...functions];
  const isFateful = ({ fate }: ResourceChange) => fate !== undefined;
  const others = resources.filter((change) => !isFateful(change));
  const isAlarm = ({ type }: ResourceChange) => type === 'AWS::CloudWatch::Alarm';
  return [
    ...section('Permissions', permissionLines(byWeight(permissions))),
    ...section('Deleted, replaced or refused', groupsOf(everything.filter(isFateful)).flatMap(groupLines)),
    ...section('Functions', [...functionLines(functions.filter((change) => !isFateful(change))), ...codeLines(difference)]),
    ...section('Other resources', groupsOf(others.filter((change) => !isAlarm(change))).flatMap(groupLines)),
    ...section('Alarms', groupsOf(others.filter(isAlarm).map(brief)).flatMap(groupLines)),
    ...section('Outputs', outputs.flatMap(outputLines)),
    ...section(
      'The rest of the template',
      template.flatMap((change) => propertyLines(change, '  ')),
    ),
  ].map(({ mark, text }) => ({ mark, text: harmless(text) }));
}

/** Members of a template that can change what its policies say. Fn::Transform of the whole template has no path. */
const changingPolicies = /^(?:Conditions|Mappings|Parameters|Rules|Transform|Fn::|$)/;

/** How many changes of permissions there are, and what they mean, in one sentence. A second one names what else can change permissions. */
export function summaryOf({ permissions, template }: Pick<Difference, 'permissions' | 'template'>): string {
  const roots = template.map(({ path }) => /^[^.[]*/.exec(path)?.[0] ?? '').filter((root) => changingPolicies.test(root));
  const names = [...new Set(roots.map((root) => root || 'Fn::Transform'))].join(', ');
  const more = names === '' ? '' : ` Look at ${names} in the rest of the template, too: such a change can change permissions.`;
  return `${countsOf(permissions)}${more}`;
}

function countsOf(permissions: readonly PermissionChange[]): string {
  if (permissions.length === 0) return 'No permission changes.';
  const count = (allows: PermissionChange['allows']) => permissions.filter((change) => change.allows === allows).length;
  const parts = [
    { number: count('more'), what: 'more' },
    { number: count('less'), what: 'less' },
  ].flatMap(({ number, what }) => (number === 0 ? [] : [`${number} ${number === 1 ? 'allows' : 'allow'} ${what}`]));
  const unclear = count('unclear');
  if (unclear > 0) parts.push(`${unclear} ${unclear === 1 ? 'needs' : 'need'} a reader to judge`);
  const changes = permissions.length === 1 ? '1 change of permissions' : `${permissions.length} changes of permissions`;
  return `${changes}: ${parts.join(', ')}.`;
}

function section(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [blank, { mark: '@', text: title }, ...lines];
}

const blank: Line = { mark: ' ', text: '' };
const markOf = { added: '+', removed: '-', changed: '!' } as const;
const meaning = { more: 'allows more', less: 'allows less', unclear: 'judge it yourself' } as const;

/** What allows more comes first, then what a reader must judge. The changes of one resource stay together. */
function byWeight(changes: readonly PermissionChange[]): readonly PermissionChange[] {
  const weights = ['less', 'unclear', 'more'];
  const weightOf = new Map<string, number>();
  for (const { resource, allows } of changes) weightOf.set(resource, Math.max(weightOf.get(resource) ?? 0, weights.indexOf(allows)));
  return [...changes].sort((one, other) => (weightOf.get(other.resource) ?? 0) - (weightOf.get(one.resource) ?? 0));
}

function permissionLines(changes: readonly PermissionChange[]): readonly Line[] {
  return changes.flatMap((change, index): Line[] => {
    const { resource, type, policy, before, after } = change;
    const heading =
      changes[index - 1]?.resource === resource
        ? []
        : [...(index === 0 ? [] : [blank]), { mark: ' ' as const, text: `${resource} (${type})` }];
    const [old, next] = [isStatement(before) ? before : undefined, isStatement(after) ? after : undefined];
    const mark = markOf[change.change];
    const place = policy === '' ? '' : `${policy}: `;
    if (old === undefined && next === undefined) {
      const lists = listLines('', isStatement(before) ? [] : before, isStatement(after) ? [] : after);
      return [...heading, { mark, text: `  ${policy} (${meaning[change.allows]})` }, ...lists];
    }
    const names = [...new Set([old, next].flatMap((statement) => (statement === undefined ? [] : [titleOf(statement)])))];
    const title = `  ${place}${names.join(' → ')} (${meaning[change.allows]})`;
    return [...heading, { mark, text: title }, ...statementLines(old, next)];
  });
}

const isStatement = (value: PermissionChange['before']): value is Statement => value !== undefined && !Array.isArray(value);

const titleOf = ({ sid, effect }: Statement) => (sid === undefined ? effect : `${effect} ${sid}`);

function statementLines(before: Statement | undefined, after: Statement | undefined): readonly Line[] {
  const sides = [before, after].flatMap((side) => side ?? []);
  const names = (members: 'conditions' | 'others') => [...new Set(sides.flatMap((side) => Object.keys(side[members])))];
  return [
    ...listNames.flatMap((name) => listLines(name, before?.lists[name], after?.lists[name])),
    ...names('conditions').flatMap((name) => listLines(`if ${name}`, before?.conditions[name], after?.conditions[name])),
    ...names('others').flatMap((name) => listLines(name, of(before?.others[name]), of(after?.others[name]))),
  ];
}

const of = (text: string | undefined) => (text === undefined ? undefined : [text]);

/** How many items that stay are shown for context. */
const CONTEXT_MAX = 6;

function listLines(name: string, before: readonly string[] = [], after: readonly string[] = []): readonly Line[] {
  const stay = before.filter((item) => after.includes(item));
  const items: Line[] = [
    ...stay.slice(0, CONTEXT_MAX).map((text) => ({ mark: ' ' as const, text })),
    ...(stay.length > CONTEXT_MAX ? [{ mark: ' ' as const, text: `and ${stay.length - CONTEXT_MAX} more that stay` }] : []),
    ...before.filter((item) => !after.includes(item)).map((text) => ({ mark: '-' as const, text })),
    ...after.filter((item) => !before.includes(item)).map((text) => ({ mark: '+' as const, text })),
  ];
  const width = name === '' ? 4 : Math.max(15, name.length + 6);
  return items.map(({ mark, text }, index) => ({ mark, text: `${(index === 0 ? `    ${name}` : '').padEnd(width)}${text}` }));
}

const words: Readonly<Record<Fate, (contents: string) => string>> = {
  deleted: (contents) => `is deleted${contents}`,
  kept: () => 'leaves the stack, and stays at AWS',
  replaced: (contents) => `is replaced: a new one is made, and the old one is deleted${contents}`,
  'replaced-and-kept': () => 'is replaced: a new one is made, and the old one stays at AWS without a stack',
  'may-be-replaced': () => 'may be replaced: look up "Update requires" of its properties in the CloudFormation reference',
  refused: () => 'cannot be changed in this way: CloudFormation refuses to replace it under the same name, or to change its type',
  'no-longer-kept': (contents) => `is no longer kept when it leaves the stack: then it is deleted${contents}`,
};

/** Resources of one type that change alike. */
type Group = readonly [ResourceChange, ...ResourceChange[]];

function groupsOf(changes: readonly ResourceChange[]): readonly Group[] {
  const groups = new Map<string, [ResourceChange, ...ResourceChange[]]>();
  for (const change of changes) {
    const { type, fate, properties } = change;
    // What is new stands alone, because each has its own name.
    const key = ordered([type, change.change, fate ?? '', properties, change.change === 'added' ? change.resource : '']);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()];
}

function groupLines(group: Group): readonly Line[] {
  const [first, another] = group;
  const contents = contentsOf(first.type);
  const fate = first.fate === undefined ? '' : words[first.fate](contents === undefined ? '' : `, with its ${contents}`);
  const label = another === undefined ? labelOf(first) : `${group.map(({ resource }) => resource).join(', ')} (${first.type})`;
  const each = another === undefined || fate === '' ? '' : 'each ';
  const head: Line = { mark: markOf[first.change], text: `  ${label}${fate === '' ? '' : ` ${each}${fate}`}` };
  return [head, ...first.properties.flatMap((property) => propertyLines(property))];
}

/** A new alarm without what it measures. */
const brief = (change: ResourceChange): ResourceChange => (change.change === 'added' ? { ...change, properties: [] } : change);

function functionLines(changes: readonly FunctionChange[]): readonly Line[] {
  return changes.flatMap((change) => (change.change === 'changed' && change.properties.length === 0 ? [] : groupLines([change])));
}

/** What is known of the code, in one line each. */
function codeLines({ functions, codeUnknown }: Difference): readonly Line[] {
  const changed = functions
    .filter(({ code, change }) => code === 'changed' && change === 'changed')
    .map(({ name, resource }) => name ?? resource);
  return [
    ...(changed.length > 0 ? [{ mark: '!' as const, text: `  the code of ${changed.join(', ')} changed` }] : []),
    ...(codeUnknown.length > 0 && functions.length > 0
      ? [{ mark: ' ' as const, text: `  whether the code of ${codeUnknown.join(', ')} changed is not known` }]
      : []),
  ];
}

const labelOf = ({ resource, type, name }: ResourceChange) => `${resource} (${type}${name === undefined ? '' : ` ${name}`})`;

function outputLines({ output, change, properties }: OutputChange): readonly Line[] {
  return [{ mark: markOf[change], text: `  ${output}` }, ...properties.flatMap((property) => propertyLines(property))];
}

function propertyLines({ path, before, after }: PropertyChange, indentation = '    '): readonly Line[] {
  if (before === undefined) return [{ mark: '+', text: `${indentation}${path}: ${cut(valueText(after))}` }];
  if (after === undefined) return [{ mark: '-', text: `${indentation}${path}: ${cut(valueText(before))}` }];
  const [old, next] = cutPair(...distinct(before, after));
  const line = `${indentation}${path}: ${old} → ${next}`;
  if (line.length <= ONE_LINE_MAX) return [{ mark: '!', text: line }];
  return [
    { mark: '!', text: `${indentation}${path}:` },
    { mark: '-', text: `${indentation}  ${old}` },
    { mark: '+', text: `${indentation}  ${next}` },
  ];
}

/** Both values as texts. The quotes of a text are left out, unless it is the text of the other value. */
function distinct(before: unknown, after: unknown): [string, string] {
  const [old, next] = [valueText(before), valueText(after)];
  return old === next ? [JSON.stringify(before), JSON.stringify(after)] : [old, next];
}

function cut(text: string): string {
  const line = harmless(text);
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}… (${line.length - TEXT_MAX} more characters, see --json)`;
}

/** Two texts without what they have in common at the beginning and at the end, if they are long. */
function cutPair(before: string, after: string): [string, string] {
  const [old, next] = [harmless(before), harmless(after)];
  if (old.length <= PAIR_MAX && next.length <= PAIR_MAX) return [old, next];
  const shortest = Math.min(old.length, next.length);
  let begin = 0;
  while (begin < shortest && old[begin] === next[begin]) begin += 1;
  let end = 0;
  while (end < shortest - begin && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  const [from, left] = [Math.max(0, begin - AROUND), Math.max(0, end - AROUND)];
  const part = (text: string) => `${from > 0 ? '…' : ''}${cut(text.slice(from, text.length - left))}${left > 0 ? '…' : ''}`;
  return [part(old), part(next)];
}

/** A text on one line. Blanks that are side by side stay, because they indent and align. */
function harmless(text: string): string {
  return text.replaceAll(/[^ ]+/g, oneLine);
}
