/** Whether a topic fits an MQTT filter: `+` is one level, `#` at the end is all others. Neither stands for a first level that begins with `$`. */
export function matchesTopicFilter(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const given = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return at === wanted.length - 1;
    if (given[at] === undefined || (level !== '+' && level !== given[at])) return false;
  }
  return wanted.length === given.length;
}
