/** Whether `glob` matches the whole `text`. `*` stands for any number of characters, even zero. Not a regular expression, so no pattern is slow. */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g;
      resume = t;
      g += 1;
    } else if (g < glob.length && glob[g] === text[t]) {
      g += 1;
      t += 1;
    } else if (star >= 0) {
      resume += 1;
      t = resume;
      g = star + 1;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
}

/**
 * Whether `glob` matches any text that is `beginning`, a slash, and a name without a slash. Such a text is the ARN of a
 * target. The rest of the glob is not compared with the characters of a name.
 */
export function canMatchAfter(glob: string, beginning: string): boolean {
  const slash = glob.indexOf('/');
  if (slash >= 0) return matchesGlob(glob.slice(0, slash), beginning);
  // Without a slash of its own, one of its wildcards must stand for the slash.
  return [...glob.matchAll(/\*/g)].some(({ index }) => matchesGlob(glob.slice(0, index + 1), beginning));
}
