// Plain JavaScript, because a Node that is too old cannot read the TypeScript of the commands.
const OLDEST = 24;

/**
 * Why this version of Node cannot run the service and its commands, in one line. Undefined if it can.
 * @param {string} [version]
 */
export function nodeProblem(version = process.versions.node) {
  if (Number(version.split('.', 1)[0]) >= OLDEST) return undefined;
  return (
    `Node ${OLDEST} or newer is required, but this is ${version}: start it with npm run or npm start, after an npm install ` +
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
