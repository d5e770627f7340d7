/**
 * The language of the house: phrases that no text may have, how long a sentence may be, how long the README may be.
 *
 * Phrases are looked for in the comments and strings of the product's code, in its YAML and JSON, in the titles of all
 * tests, and on every Markdown page. A phrase is found even if a line break divides it.
 *
 * Sentences are counted in README, CONTRIBUTING, CHANGELOG, docs/, the README of a new project, and those of packages/, proof/, bench/ and
 * examples/. Fenced code, tables, quotes, headings, HTML comments and the targets of links do not count. Inline code is
 * one word. A word is a run of characters between blanks that has a letter or a digit. A sentence ends at a full stop,
 * question mark or exclamation mark before a blank, and at the end of a paragraph or list item. A colon or semicolon
 * does not end it.
 *
 * In the list of phrases "_" stands for a blank and "~" for nothing at all, so that a search for a phrase does not find
 * the list itself.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serverlessWithTestParameters } from '../../scripts/service-copy.ts';

const root = resolve(import.meta.dirname, '../..');
const LONGEST_SENTENCE = 25;
const LONGEST_MEAN = 18;
const LONGEST_README = 800;

type Phrase = {
  readonly pattern: string;
  /** What to write instead. */
  readonly instead: string;
  /** A text that has the phrase, and sound English that comes close to it. */
  readonly wrong: string;
  readonly sound: string;
};

const phrase = (pattern: string, instead: string, wrong: string, sound: string): Phrase => ({ pattern, instead, wrong, sound });

const phrases: readonly Phrase[] = [
  phrase('(?:a|final|definite)_noe?s?(?![-\\w]|\\.\\d)', 'a rejection, a refusal', 'It is a final_no.', 'Answer yes or no. It is a no-op.'),
  phrase(
    'another_content\\b(?!_types?\\b)',
    'different content',
    'The same version with another_content.',
    'Another content type is refused.',
  ),
  phrase(
    's(?:ent|ends?|ending)_(?:it_|them_)?round\\b(?!-)',
    'redrive, redriven',
    'Then it is sent_round again.',
    'It sends_round-trip times and a round number.',
  ),
  phrase('(?:is|are|was|were)_none_that', 'is not a … that', 'The type is_none_that it knows.', 'None that it knows is left.'),
  phrase(
    '(?<!there_|here_)\\b(?:is|are|was|were)_none\\b(?!_(?:of|the|that)\\b)',
    'is not one, does not exist',
    'A number that is_none.',
    'There is none. It is none of these.',
  ),
  phrase(
    '(?:that|which|what|it|this|they|he|who)_(?:is|are|was|were)_no_(?!longer|more|less|other|different|better|worse|later|earlier|larger|smaller|problem|use|surprise|accident)\\w+',
    'is not a …',
    'A call that is_no failure.',
    'It is no longer there, and that is no problem.',
  ),
  phrase(
    '(?<!there_|here_)\\b(?:is|are|was|were)_no_(?:answer|array|boolean|content|event|JSON|list|news|object|queue|record|release|text|trend|Unicode|URL)\\b',
    'is not a …',
    'The body is_no event.',
    'There is no queue.',
  ),
  phrase(
    'so_(?:many|much|long|often|few|late)_(?:\\w+_)?(?:\\w+_)?at_most',
    'at most N',
    'Strike so_often at_most.',
    'It happens so often. At most three are kept.',
  ),
  phrase('asks?_nobody', 'runs offline', 'The command asks_nobody.', 'Nobody asks.'),
  phrase('nobody_(?:took|takes)\\b', 'the service did not process', 'In 30 s nobody_took it.', 'Nobody is there. He took it.'),
  phrase('vou~ch(?:es|ed|ing)?\\b', 'guarantee', 'Nothing could vou~ch for it.', 'A vou~cher.'),
  phrase('men~d(?:s|ed|ing)?\\b', 'fix', 'Men~d the policy.', 'Amend the commit, as we recommend.'),
  phrase(
    'tel~ls\\b(?!(?:_\\S+){1,9}_(?:from|apart)\\b)',
    'reports, logs, prints, publishes',
    'The log tel~ls why.',
    'The revision tells a repeat from a change.',
  ),
  phrase(
    'to~ld\\b(?!_(?:apart|from)\\b)',
    'reported, logged, printed, published',
    'The outcome was to~ld twice.',
    'They cannot be told apart.',
  ),
  phrase(
    '(?:is|are|was|were|be|been|being)_said\\b|\\bsaid_(?:once|later|before|again|first)\\b',
    'reported, stated',
    'What is_said once stays.',
    'She said yes.',
  ),
  phrase('by_(?:itself|themselves)', 'automatically, on its own', 'It drains by_itself.', 'The row itself decides.'),
  phrase("ou~rs\\b(?!')", "the service's own, this service's", 'The tag is ou~rs.', 'After some hours our tag is found.'),
  phrase('at_la~st\\b(?!_(?:count|look)\\b)', 'finally', 'And at_la~st it ends.', 'Devices at last count. At least one.'),
  phrase(
    '(?:get|gets|got|has|have|had|gives?|given|needs?|without)_(?:(?:their|its|his|your|our)_)?leave(?=[.,;:]|_(?:to|from|for|of)_)',
    'permission',
    'Roles get_their_leave from the stack.',
    'Two rollouts have left. You have to leave it out.',
  ),
  phrase(
    '(?<!as_)\\bsuch(?=[.;)]|_(?:is|are|has|have|may|must)\\b)',
    'name the thing',
    'A signature, and such_are refused.',
    'A code such as this. No such product. It is refused as such.',
  ),
  phrase(
    '(?:also|finds?|costs?|knows?|names?|leaves?|takes?|met|meets?|gets?|or_for)_none\\b(?!_of\\b)|\\bnone_(?:can|may|must|waits?|fails?|begins?)\\b',
    'not any, no …',
    'The pause costs_none.',
    'There are none. It takes none of them.',
  ),
  phrase(
    '(?<!\\b(?:is|are|was|were)_)also_(?:when|where|if)\\b',
    'even if, even when',
    'It blocks, also_when it comes first.',
    'This is also where it ends. It also runs.',
  ),
  phrase(
    '(?:more|less|later|longer)_than_which|of_any_other_each',
    'a sentence of its own',
    'A limit, more_than_which is cut.',
    'More than that is cut.',
  ),
  phrase(
    '\\bwhat_(?:is|was|were)_\\w+_(?:stays?|comes|goes|lies|counts|waits)\\b',
    'subject first: messages that …',
    'What_is refused stays in a queue.',
    'What is known? The queue waits.',
  ),
  phrase('nothing_(?:is|was)_doubled', 'nothing starts twice', 'A repeat shows that nothing_is_doubled.', 'Nothing is done twice.'),
  phrase('less_up_to', 'shortened by a random 0 to N %', 'It waits a minute, less_up_to a fifth.', 'It waits up to a minute, or less.'),
  phrase('hangs?_on_(?:real|whether|what|how)\\b', 'depends on', 'It hangs_on real time.', 'The socket hangs on a read.'),
  phrase('judge[sd]?_to_the_end', 'checks fully', 'Packaging judges_to the end.', 'It runs to the end.'),
];

/** A blank, or a line break with what begins a line of a comment, a quote or a list. */
const BLANK = '(?:[ \\t]+|[ \\t]*\\r?\\n[ \\t]*(?:(?:\\*|//|#+|>)[ \\t]+)?)';
const plain = (text: string): string => text.replaceAll('_', ' ').replaceAll('~', '');
const expressionOf = ({ pattern }: Phrase): RegExp => {
  // Only a phrase that begins with a letter or a group begins at the edge of a word; a look-behind looks for itself.
  const body = pattern.replaceAll('~', '').replaceAll('_', BLANK);
  return new RegExp(`${/^\(\?</.test(body) ? '' : '\\b'}(?:${body})`, 'giu');
};
const expressions = phrases.map((each) => ({ ...each, expression: expressionOf(each) }));

type Piece = { readonly text: string; readonly line: number };

/** What of these pieces is a phrase: `file:line "found": write …`. */
function findPhrases(file: string, pieces: readonly Piece[]): string[] {
  return expressions.flatMap(({ expression, instead }) =>
    pieces.flatMap(({ text, line }) =>
      [...text.matchAll(expression)].map((match) => {
        const found = match[0].replace(/\s+/g, ' ');
        return `${file}:${line + newlines(text.slice(0, match.index))} "${found}": write ${instead}`;
      }),
    ),
  );
}

const newlines = (text: string): number => text.split('\n').length - 1;

/** The comments, strings and templates of TypeScript or JavaScript. A regular expression is neither, nor is code. */
function proseOfCode(code: string): Piece[] {
  const tokens =
    /(?<prose>\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*\n?[ \t]*)+|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|(?<=[(,=:[!&|?{};]\s*|\breturn\s)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;
  return [...code.matchAll(tokens)].flatMap((match) =>
    match.groups?.['prose'] === undefined ? [] : [{ text: match[0], line: 1 + newlines(code.slice(0, match.index)) }],
  );
}

/** The titles of the tests in a file, with those after a table (`it.each(…)('title'`). */
function titlesOf(code: string): Piece[] {
  const titles = /(?:\b(?:describe|it|test)(?:\.\w+)*\(|\)\()\s*(?:'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`)/g;
  return [...code.matchAll(titles)].map((match) => ({
    text: match[1] ?? match[2] ?? match[3] ?? '',
    line: 1 + newlines(code.slice(0, match.index + match[0].search(/['"`]/))),
  }));
}

type Sentence = { readonly text: string; readonly line: number; readonly words: number };

/** The sentences of a Markdown page, as the header of this file counts them. */
function sentencesOf(page: string): Sentence[] {
  const sentences: Sentence[] = [];
  for (const block of blocksOf(page)) {
    let from = 0;
    for (const end of [
      ...[...block.text.matchAll(/[.!?][)"'”*_]*(?=\s|$)/g)].map((match) => match.index + match[0].length),
      block.text.length,
    ]) {
      const text = block.text.slice(from, end);
      const words = wordsOf(text);
      const line = block.line + newlines(block.text.slice(0, from + text.search(/\S|$/)));
      if (words > 0) sentences.push({ text: text.trim().replace(/\s+/g, ' '), line, words });
      from = end;
    }
  }
  return sentences;
}

const wordsOf = (text: string): number => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** Paragraphs and list items, with the line that each begins in. */
function blocksOf(page: string): Piece[] {
  const blocks: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [index, line] of proseOf(page).split('\n').entries()) {
    const item = /^\s*(?:[-*+]|\d+\.)\s+(.*)$/.exec(line);
    const isNoProse = line.trim() === '' || /^\s*(?:\||>|#{1,6}\s)/.test(line);
    if (isNoProse || item) open = undefined;
    if (isNoProse) continue;
    if (open === undefined) {
      open = { text: item?.[1] ?? line, line: index + 1 };
      blocks.push(open);
    } else open.text += `\n${line}`;
  }
  return blocks;
}

/** A page without fenced code, HTML comments and the targets of links, and with inline code as one word. Lines stay where they are. */
function proseOf(page: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, '');
  return page
    .replace(/^[ \t]*(```+|~~~+)[\s\S]*?^[ \t]*\1[ \t]*$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, (code) => `code${blank(code)}`)
    .replace(/\]\([^)]*\)/g, (target) => `]${blank(target)}`)
    .replace(/\b(?:e\.g|i\.e|vs)\./g, (text) => text.replaceAll('.', ''));
}

/** The text of a file. The user's parameters in serverless.yml do not count. */
const read = (file: string): string =>
  file === 'serverless.yml' ? serverlessWithTestParameters() : readFileSync(join(root, file), 'utf8');
const filesAt = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: (name) => /(?:^|\/)(?:node_modules|dist|coverage|reports)$/.test(String(name)) })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();

const codeRooms = '{domain,events,handlers,adapters,operator,console,cli,local,infrastructure,scripts,packages/*/src}';
const code = filesAt(`${codeRooms}/**/*.{ts,tsx,js,mjs}`);
const data = filesAt(`${codeRooms}/**/*.{yml,json}`, '{serverless,examples/channels}.yml', 'schemas/*.json');
const tests = filesAt('{test,proof,bench,packages}/**/*.test.ts');
const pages = filesAt('**/*.md');
const counted = pages.filter((page) =>
  /^(?:README|CONTRIBUTING|CHANGELOG)\.md$|^docs\/|^(?:proof|bench|examples|cli\/init\/template|packages\/[^/]+)\/README\.md$/.test(page),
);

describe('the language of the house', () => {
  it('looks into every room', () => {
    for (const files of [code, data, tests, pages]) expect(files.length).toBeGreaterThan(20);
    for (const page of ['README.md', 'docs/decisions/0001-functional-core.md', 'packages/embedded-aws/README.md', 'proof/README.md']) {
      expect(counted).toContain(page);
    }
  });

  it('has no banned phrase in the comments and strings of the code', () => {
    expectNothing(code.flatMap((file) => findPhrases(file, proseOfCode(read(file)))));
  });

  it('has no banned phrase in YAML and JSON', () => {
    expectNothing(data.flatMap((file) => findPhrases(file, [{ text: read(file), line: 1 }])));
  });

  it('has no banned phrase in the titles of tests', () => {
    expectNothing(tests.flatMap((file) => findPhrases(file, titlesOf(read(file)))));
  });

  it('has no banned phrase on a page', () => {
    expectNothing(pages.flatMap((file) => findPhrases(file, [{ text: read(file), line: 1 }])));
  });

  it.each(counted)('has no sentence on %s that is too long', (page) => {
    const long = sentencesOf(read(page)).filter(({ words }) => words > LONGEST_SENTENCE);
    expectNothing(long.map(({ text, line, words }) => `${page}:${line} has ${words} words: ${text}`));
  });

  it.each(counted)('has short sentences on %s, on average', (page) => {
    expect(meanOf(sentencesOf(read(page)))).toBeLessThanOrEqual(LONGEST_MEAN);
  });

  it(`has a README of at most ${LONGEST_README} words, fenced code not counted`, () => {
    expect(wordsOf(proseOf(read('README.md')))).toBeLessThanOrEqual(LONGEST_README);
  });
});

/** Fails with a line for each finding. */
function expectNothing(findings: readonly string[]): void {
  expect(findings, `${findings.length} findings:\n${findings.join('\n')}\n`).toEqual([]);
}

function meanOf(sentences: readonly Sentence[]): number {
  return sentences.reduce((sum, { words }) => sum + words, 0) / Math.max(1, sentences.length);
}

describe('these rules', () => {
  const found = (text: string) => findPhrases('a.md', [{ text: plain(text), line: 1 }]);

  it.each(phrases.map((each) => [each.instead, each] as const))('find what should be "%s", and leave sound English alone', (_, each) => {
    const own = expressionOf(each);
    expect(plain(each.wrong).match(own), plain(each.wrong)).toHaveLength(1);
    expect(plain(each.sound).match(own), plain(each.sound)).toBeNull();
    expect(found(each.wrong)).toEqual([expect.stringContaining(`: write ${each.instead}`)]);
    expect(found(each.sound)).toEqual([]);
  });

  it('find a phrase over two lines of a comment, and name the line in which it begins', () => {
    const comment = plain('const a = 1;\n/**\n * Refused with another\n * content.\n */\n// so long at\n// most\n');
    expect(findPhrases('a.ts', proseOfCode(comment)).map((finding) => finding.split(' ')[0])).toEqual(['a.ts:3', 'a.ts:6']);
  });

  it('read comments and strings, not names in code nor regular expressions', () => {
    const word = plain('to~ld');
    expect(proseOfCode(`const ${word} = /'${word}/;\nsay('x', "y", \`z\`); // w`).map(({ text }) => text)).toEqual([
      "'x'",
      '"y"',
      '`z`',
      '// w',
    ]);
    expect(findPhrases('a.ts', proseOfCode(`let ${word} = 1;`))).toEqual([]);
    expect(findPhrases('a.ts', proseOfCode(`say('${word}');`))).toHaveLength(1);
  });

  it('read the titles of tests, of tables too', () => {
    const source = "describe('a', () => {\n  it('b', run);\n  it.each([\n    ['c'],\n  ])('d %s', run);\n});\nother('e');";
    expect(titlesOf(source)).toEqual([
      { text: 'a', line: 1 },
      { text: 'b', line: 2 },
      { text: 'd %s', line: 5 },
    ]);
  });

  it('count the words of a sentence, and know where it stands', () => {
    const page =
      '# A heading that counts for nothing\n\nOne `two of code` [three](four.md). Four\nfive 1.5!\n\n- six\n- seven\n\n| a | table |\n\n> a quote\n\n```\ncode.\n```\n';
    expect(sentencesOf(page).map(({ line, words }) => [line, words])).toEqual([
      [3, 3],
      [3, 3],
      [6, 1],
      [7, 1],
    ]);
  });

  it('find a sentence that is too long, and a page of long ones', () => {
    const long = `${'word '.repeat(LONGEST_SENTENCE)}word.`;
    expect(sentencesOf(`${long} Short.`).filter(({ words }) => words > LONGEST_SENTENCE)).toHaveLength(1);
    expect(meanOf(sentencesOf(`${'word '.repeat(LONGEST_MEAN)}word.`))).toBeGreaterThan(LONGEST_MEAN);
    expect(wordsOf(proseOf('word '.repeat(LONGEST_README + 1)))).toBeGreaterThan(LONGEST_README);
  });
});
