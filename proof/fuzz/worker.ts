import { parentPort, workerData } from 'node:worker_threads';
import type { Job, Share } from './share.ts';

export type Report = { readonly kind: 'progress'; readonly done: number } | { readonly kind: 'done'; readonly share: Share };

// Powertools reads the environment for every log line, and reading that of the process is slow.
process.env = { ...process.env };
Error.stackTraceLimit = 0;
const { tryShare } = await import('./share.ts');

const post = (report: Report) => parentPort?.postMessage(report);
const share = await tryShare(workerData as Job, (done) => post({ kind: 'progress', done }));
post({ kind: 'done', share });
