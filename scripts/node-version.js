// Plain JavaScript, because a Node that is too old cannot read the TypeScript of the commands.

// Defined when the package is built. Its JavaScript also runs on a Node that reads no TypeScript.
const isPacked = typeof OTA_PACKED !== 'undefined';
const [OLDEST_MAJOR, OLDEST_MINOR] = isPacked ? [20, 19] : [24, 0];

/**
 * Why this version of Node cannot run the service and its commands, in one line. Undefined if it can.
 * @param {string} [version]
 */
export function nodeProblem(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST_MAJOR || (major === OLDEST_MAJOR && minor >= OLDEST_MINOR)) return undefined;
  if (isPacked) return `Node ${OLDEST_MAJOR}.${OLDEST_MINOR} or newer is required, but this is ${version}: install a newer Node`;
  return (
    `Node ${OLDEST_MAJOR} or newer is required, but this is ${version}: start it with npm run or npm start, after an npm install ` +
    'without --omit=dev and --ignore-scripts, because npm installs the right Node'
  );
}

/**
 * Imports a file of TypeScript. If this Node is too old for it, prints one line that begins with `command` instead, and sets the
 * exit status `status`.
 * @param {string} command
 * @param {number} status
 * @param {() => Promise<unknown>} load
 */
export async function onRightNode(command, status, load) {
  const problem = nodeProblem();
  if (problem === undefined) {
    await load();
    return;
  }
  console.error(`${command}: ${problem}`);
  process.exitCode = status;
}
