// Loaded before a function (NODE_OPTIONS --import): notes every few seconds how much of the heap is left after a collection.
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const EVERY_MILLISECONDS = 5_000;
const file = process.env.SOAK_MEMORY_FILE;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const name = process.env.AWS_LAMBDA_FUNCTION_NAME;
setInterval(() => {
  collect();
  appendFileSync(file, `${name} ${process.pid} ${process.memoryUsage().heapUsed}\n`);
}, EVERY_MILLISECONDS).unref();
