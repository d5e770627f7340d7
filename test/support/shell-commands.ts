/**
 * The simple commands of a shell script, each as its words. Variables in front of a command, redirections, comments and the body of a
 * here-document are left out. Throws if a quote does not end. It reads only the shell of the docs: no functions, no arithmetic.
 */
export function shellCommands(script: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    commands.push(words);
    words = [];
  };
  const text = withoutHereDocuments(script).replace(/\\\n/g, ' ');
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const end = endOfQuote(text, at);
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (text.startsWith('$(', at)) {
      const end = endOfSubstitution(text, at);
      commands.push(...shellCommands(text.slice(at + 2, end)));
      word = `${word ?? ''}$(…)`;
      at = end;
    } else if (character === '#' && word === undefined) at = endOfLine(text, at) - 1;
    else if ('\n;|&'.includes(character)) endCommand();
    else if (/\s/.test(character)) endWord();
    else word = (word ?? '') + character;
  }
  endCommand();
  return commands.map(named).filter((command) => command.length > 0);
}

/** A command without the variables in front of it, the words of the shell's own grammar, and redirections. */
function named(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word) && !GRAMMAR.has(word));
  if (first < 0 || words[0] === 'for') return [];
  return words.slice(first).filter((word, index, all) => !/^\d?[<>]/.test(word) && !/^\d?[<>]{1,2}$/.test(all[index - 1] ?? ''));
}

const GRAMMAR = new Set(['do', 'done', 'then', 'fi', 'else', '!', '{', '}']);

function endOfQuote(text: string, from: number): number {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\' && quote === '"') at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  throw new Error(`a quote does not end: ${text.slice(from, from + 40)}`);
}

function endOfSubstitution(text: string, from: number): number {
  let depth = 0;
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') at = endOfQuote(text, at);
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new Error(`$( does not end: ${text.slice(from, from + 40)}`);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

const withoutHereDocuments = (script: string): string => script.replace(/<<'?(\w+)'?(.*)\n[\s\S]*?^\1$/gm, '$2');
