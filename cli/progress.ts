const isTerminal = process.stderr.isTTY === true;

/** Shows what is being waited for on one line that the next one overwrites; nothing where nobody watches. */
export function progress(line: string): void {
  if (isTerminal) process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
}

/** Clears that line, before something is printed for good. */
export function clearProgress(): void {
  if (isTerminal) process.stderr.write('\r\u001b[2K');
}
