// A fresh process. It imports the given bundle, lets it answer one event, and prints the measured times as JSON.
const [, , bundle, event] = process.argv;
const started = performance.now();
const cpu = process.threadCpuUsage();
const { handler } = await import(bundle);
const imported = performance.now() - started;
const { user, system } = process.threadCpuUsage(cpu);
const context = { awsRequestId: 'a', functionName: 'bench', memoryLimitInMB: '1024', getRemainingTimeInMillis: () => 60_000 };
await handler(JSON.parse(event), context);
const answered = performance.now() - started;
const all = process.threadCpuUsage(cpu);
const peakKibibytes = process.resourceUsage().maxRSS;
const result = { imported, answered, importedCpu: (user + system) / 1000, answeredCpu: (all.user + all.system) / 1000, peakKibibytes };
process.stderr.write(`\nbench ${JSON.stringify(result)}\n`);
process.exit(0);
