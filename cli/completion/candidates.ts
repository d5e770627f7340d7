import { commandNames } from '../commands.ts';
import { type Kind, type Words, wordsOf } from './words.ts';

/** What can stand in place of the word at the cursor. With `files`, the shell also offers the names of files. */
export type Candidates = { readonly words: readonly string[]; readonly files: boolean };

/** Where the names come from that a person gives to things. */
export type Names = {
  stages(): readonly string[];
  /** The products of the channels.yml of a stage, or of another file, with their channels. */
  channelsByProduct(stage: string, file: string | undefined): ReadonlyMap<string, readonly string[]>;
};

const none: Candidates = { words: [], files: false };

/** A word that no shell changes. Others are not offered, because each shell has its own quotes. */
const plain = /^[\w@%+:,./~=-]+$/;

/**
 * The words that can stand at the cursor. `line` has the words after `ota` up to the cursor. The last one is the one at the cursor, as far
 * as it is typed, and may be ''. It never throws, and runs offline.
 */
export function candidates(line: readonly string[], names: Names): Candidates {
  const typed = line.slice(0, -1).filter((word, at) => !(word === '=' && line[at - 1]?.startsWith('--')));
  // bash takes an equals sign for a word of its own.
  const last = line.at(-1) ?? '';
  const current = last === '=' && line.at(-2)?.startsWith('--') ? '' : last;
  const [command, ...before] = typed;
  if (command === undefined) return matching([...commandNames, 'help', '--help', '--version'], current);
  const words = Object.hasOwn(wordsOf, command) ? wordsOf[command] : undefined;
  if (words === undefined) return none;
  const said = read(before, words);
  if (said.waiting !== undefined) return ofKind(said.waiting, current, said, names);
  const [, option, value] = current.match(/^(--[\w-]+)=(.*)$/s) ?? [];
  if (option !== undefined && value !== undefined) {
    const kind = kindOf(option, words);
    if (kind === undefined || kind === 'flag') return none;
    return { words: ofKind(kind, value, said, names).words.map((word) => `${option}=${word}`), files: false };
  }
  if (current.startsWith('-'))
    return matching(
      Object.keys(words.options).filter((name) => !said.flags.has(name)),
      current,
    );
  // `hold` takes any number of channels.
  const kind = words.positionals[said.positionals.length] ?? (command === 'hold' ? words.positionals.at(-1) : undefined);
  return kind === undefined ? none : ofKind(kind, current, said, names);
}

type Said = {
  readonly positionals: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** The kind of value that the option before the cursor waits for. */
  readonly waiting?: Kind;
};

/** What was typed before the cursor. */
function read(typed: readonly string[], words: Words): Said {
  const positionals: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  let waiting: { readonly option: string; readonly kind: Kind } | undefined;
  for (const word of typed) {
    const [, option, value] = word.match(/^(--[\w-]+)(?:=(.*))?$/s) ?? [];
    const kind = option === undefined ? undefined : kindOf(option, words);
    if (waiting !== undefined) {
      values.set(waiting.option, word);
      waiting = undefined;
    } else if (option === undefined || kind === undefined) {
      if (!word.startsWith('-')) positionals.push(word);
    } else if (kind === 'flag') flags.add(option);
    else if (value === undefined) waiting = { option, kind };
    else values.set(option, value);
  }
  return { positionals, flags, values, ...(waiting && { waiting: waiting.kind }) };
}

function kindOf(option: string, { options }: Words): Kind | 'flag' | undefined {
  return Object.hasOwn(options, option) ? options[option] : undefined;
}

function ofKind(kind: Kind, current: string, { positionals, values }: Said, names: Names): Candidates {
  if (typeof kind !== 'string') return matching(kind, current);
  const products = () => names.channelsByProduct(values.get('--stage') ?? 'local', values.get('--channels'));
  switch (kind) {
    case 'file':
      return { words: [], files: true };
    case 'text':
      return none;
    case 'command':
      return matching(commandNames, current);
    case 'stage':
      return matching(names.stages(), current);
    case 'product':
      return matching([...products().keys()], current);
    case 'channel': {
      const own = products().get(positionals[0] ?? '') ?? [];
      return matching(
        own.filter((channel) => !positionals.slice(1).includes(channel)),
        current,
      );
    }
  }
}

function matching(words: readonly string[], current: string): Candidates {
  return { words: words.filter((word) => word.startsWith(current) && plain.test(word)), files: false };
}
