import type { HistoryOptions } from './history.ts';

/** One text of one file of the service, replaced while it is loaded. */
export type Patch = { readonly file: string; readonly find: string; readonly replace: string };

/** A service that is wrong in one way. The simulation must find each; `scenario` helps where the way is rare. */
export type Mutant = {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly scenario?: Omit<HistoryOptions, 'seed'>;
};

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({ name, patches: [{ file, find, replace }] });
const table = 'domain/rollout/next-step.ts';
const moves = 'domain/rollout/moves.ts';
const order = 'domain/rollout/order.ts';
const write = 'domain/rollout/write.ts';
const loop = 'handlers/advance.ts';
const receive = 'handlers/receive.ts';
const dispatch = 'handlers/dispatch.ts';
const withdraw = 'handlers/withdraw.ts';
const ledger = 'adapters/ledger.ts';
const lock = 'adapters/lock.ts';
const iot = 'adapters/iot-core.ts';
const mi = 'adapters/managed-integrations.ts';
const errors = 'adapters/aws-errors.ts';

export const mutants: readonly Mutant[] = [
  // Outcomes and the end of a rollout
  mutant('outbox emptied before publishing', table, "if (row.outbox.length > 0 && !seen.published) return { do: 'publish' };", ''),
  mutant('outcomes not in the row', moves, 'outbox: [...row.outbox, outcome],', 'outbox: [],'),
  mutant('PutEvents 200 is success', 'adapters/bus.ts', 'if (failed === 0) return [];', 'return [];'),
  mutant(
    'failed publishing is success',
    loop,
    'return { seen: { ...seen, unpublished: true } };',
    'return { seen: { ...seen, published: true } };',
  ),
  mutant(
    'due removed with the final state',
    write,
    'if (change.due === null) return fresh;',
    'if (change.due === null || isFinal(fresh.state)) { const { due: _due, ...rest } = fresh; return rest as Rollout; }',
  ),
  mutant(
    'no sweep',
    'handlers/sweep-overdue.ts',
    'const overdue = await sweep.due(shard, now(), PAGE);',
    'const overdue = (await sweep.due(shard, now(), PAGE)).slice(0, 0);',
  ),
  mutant(
    'head not settled at the end',
    table,
    "if (own && !own.done && (row.state === 'COMPLETED' || row.state === 'SUPERSEDED')) {",
    "if (own && own.done && (row.state === 'COMPLETED' || row.state === 'SUPERSEDED')) {",
  ),
  mutant('the sweep forgets a shard', 'handlers/sweep-overdue.ts', 'shard < sweep.shards;', 'shard < sweep.shards - 1;'),
  // Claims
  mutant(
    'acknowledge before the claim',
    receive,
    'await services.lock.once(`${first.rolloutId}.${digest}`, async () => {\n      ran = true;',
    'void services.lock.once(`${first.rolloutId}.${digest}`, async () => {\n      ran = true;',
  ),
  mutant(
    'claim whatever is there',
    ledger,
    "{ ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }",
    '{}',
  ),
  mutant(
    'no conflict check',
    'domain/rollout/claim.ts',
    'if (row.releaseDigest !== release.digest) {',
    'if (row.releaseDigest !== release.digest && release.digest.length === 0) {',
  ),
  mutant(
    'no check for build metadata',
    'domain/rollout/claim.ts',
    'if (row.version !== release.version) {',
    'if (row.version !== release.version && release.version.length === 0) {',
  ),
  mutant('conflict not looked up before planning', receive, 'if (conflict) return refuse(body, message, conflict, services);', ''),
  mutant('conflict at the claim ignored', dispatch, 'if (conflict) throw new Refused(conflict);', ''),
  mutant(
    'no siblings in the first row',
    dispatch,
    'await services.ledger.claim({ ...first, also: others })',
    'await services.ledger.claim(first)',
  ),
  mutant('acknowledge before all channels have rows', dispatch, 'await requireRows(first, others, services);', ';'),
  mutant('a carrier is not asked for its channels', receive, 'if (!carrier) return', 'if (!carrier || carrier) return'),
  mutant(
    'siblings put and forgotten',
    table,
    'return { ...step, change: { ...step.change, also: [], outbox',
    'return { ...step, change: { ...step.change, outbox',
  ),
  mutant('siblings never put', table, 'if (row.also.length === 0) return decide(view);', 'if (row.also.length >= 0) return decide(view);'),
  mutant(
    'a sibling in conflict is not told',
    table,
    'const told = conflicts.map((sibling) => siblingConflictOutcome(row, sibling, now));',
    'const told = conflicts.slice(0, 0).map((sibling) => siblingConflictOutcome(row, sibling, now));',
  ),
  mutant(
    'configuration before the ledger',
    receive,
    'const unknown = release.channels.filter((channel) => !known.rows.some((row) => row.channel === channel));',
    'const unknown = release.channels.filter((channel) => !known.rows.some((row) => row.channel === channel));\n  const early = planRelease(release, services.channels, { place: services.place, source: envelope.source, now: services.now() }, release.channels);\n  if (early.rejections[0]) return refuse(body, message, early.rejections[0], services);',
  ),
  mutant(
    'request from today’s configuration',
    loop,
    'const reply = await services.controlPlanes[row.service].create(requestForAttempt(row.service, row.request, row.rolloutId, row.attempt));',
    'const today = services.channels.products[row.product]?.channels[row.channel]?.createOTAUpdate?.targets;\n  const reply = await services.controlPlanes[row.service].create(requestForAttempt(row.service, { ...row.request, ...(today && { targets: today }) }, row.rolloutId, row.attempt));',
  ),
  mutant(
    'tombstones not looked up before planning',
    receive,
    'const judged = [...planned.rejections, ...withdrawn];',
    'const judged = [...planned.rejections, ...withdrawn.slice(0, 0)];',
  ),
  mutant(
    'one rejection does not reject the message',
    receive,
    'if (rejections[0]) return refuse(body, message, rejections[0], services);',
    'if (rejections[0] && rollouts.length === 0 && release.channels.length === 1) return refuse(body, message, rejections[0], services);',
  ),
  mutant('errors after the claim retry the record', dispatch, 'await wake([row], services);\n    return undefined;', 'throw error;'),
  mutant(
    'refused and not kept',
    'handlers/refuse.ts',
    'await services.queues.sendRejected(body, { code, path, reason, messageId: message.messageId });',
    '',
  ),
  mutant(
    'refused and not told',
    'handlers/refuse.ts',
    'await services.bus.publish([rejectedOutcome(message, rejection, services.now())]);',
    'void rejectedOutcome;',
  ),
  mutant('refused and told without waiting', 'handlers/refuse.ts', 'await services.bus.publish(', 'void services.bus.publish('),
  // The lock
  mutant('a rejection completes the lock', dispatch, 'if (conflict) throw new Refused(conflict);', "if (conflict) return 'dispatched';"),
  mutant(
    'the lock is believed',
    receive,
    'return reportDuplicate(message, await untilKnown(release, digest, errand, services), services);',
    'return reportDuplicate(message, known.rows, services);',
  ),
  mutant('registerLambdaContext missing', 'handlers/consume-releases.ts', 'lockContext(context);', ''),
  mutant(
    'lock key without the digest',
    receive,
    'services.lock.once(`${first.rolloutId}.${digest}`',
    'services.lock.once(`${first.product}`',
  ),
  mutant('lock for ever: its records never expire in progress', lock, 'config.registerLambdaContext(context);', 'void context;'),
  {
    name: 'one batch processor for all invocations',
    patches: [
      { file: 'handlers/consume.ts', find: 'new BatchProcessor(EventType.SQS)', replace: 'shared' },
      {
        file: 'handlers/consume.ts',
        find: '/** Powertools dies',
        replace: 'const shared = new BatchProcessor(EventType.SQS);\n\n/** Powertools dies',
      },
    ],
  },
  mutant('failed records are not reported', 'handlers/consume.ts', 'await one(record);', 'await one(record).catch(() => undefined);'),
  // Creates
  mutant(
    'create without the intent',
    moves,
    "return { do: 'write', change, why, seen: { rivals: view.seen.rivals, wrote: true, intent: true } };",
    "return { do: 'write', change: { state: change.state ?? 'CREATING', attempt }, why, seen: { rivals: view.seen.rivals, wrote: true, intent: true } };",
  ),
  mutant(
    'random id',
    'domain/request/identity.ts',
    'return `${rolloutId}-${attempt}`;',
    'return `${rolloutId}-${1 + Math.floor(Math.random() * 9)}`;',
  ),
  mutant(
    'already exists is a new attempt',
    table,
    "    case 'alreadyExists':\n    case undefined:\n      break;",
    "    case 'alreadyExists':\n      return { do: 'write', change: { attempt: row.attempt + 1, open: 0, openFrom: null, openTo: null }, why: 'taken', seen: { ...wroteKeeping(view), reply: undefined, resting: true } as never };\n    case undefined:\n      break;",
  ),
  mutant(
    'already exists is a refusal',
    errors,
    "return { kind: 'alreadyExists' };",
    "return { kind: 'no', retryable: false, code, message };",
  ),
  mutant(
    'CREATED at the reply',
    table,
    "    case 'accepted':\n    case 'unknown':\n      return rest(view);",
    "    case 'accepted':\n      return becomeCreated(view, { ...row.aws, ...reply.aws }, false);\n    case 'unknown':\n      return rest(view);",
  ),
  mutant(
    'unknown is no',
    errors,
    "return { kind: 'unknown', message: `${code}: ${message}` };",
    "return { kind: 'no', retryable: true, code, message };",
  ),
  mutant(
    'intent not undone after a no',
    moves,
    'return { open: prev.open, openFrom: prev.openFrom ?? null, openTo: prev.openTo ?? null, prev: null };',
    'return { open: Math.max(1, prev.open), openFrom: row.openFrom ?? null, openTo: row.openTo ?? null, prev: null };',
  ),
  mutant(
    'undoing forgets the other open sends',
    moves,
    'const prev = row.prev ?? { open: Math.max(0, row.open - 1) };',
    'const prev: { open: number; openFrom?: number; openTo?: number } = { open: 0 };',
  ),
  mutant(
    'permanent no is final although another send is open',
    table,
    'if (!reply.retryable && (undone.open === 0 || isSettled(undone.openTo, view))) {',
    'if (!reply.retryable) {',
  ),
  mutant('a throttle is a refusal', table, 'if (!reply.retryable && (undone.open === 0', 'if ((undone.open === 0'),
  mutant(
    'pending is another attempt',
    table,
    "    case 'pending':\n      return rest(view);\n    case 'createFailed':\n      return creationFailed(view, sighting);",
    "    case 'pending':\n      return creationFailed(view, { kind: 'createFailed', errorInfo: { code: 'InternalFailure' }, job: 'none' });\n    case 'createFailed':\n      return creationFailed(view, sighting);",
  ),
  mutant(
    'next attempt beside a job left behind',
    table,
    "if (sighting.job === 'live' && !seen.stopSent) {\n    return {",
    "if (sighting.job === 'live' && seen.stopSent && !seen.wrote) {\n    return {",
  ),
  mutant('next attempt without looking for a job', iot, "job: (await describe(client, jobId))?.state ?? 'none' };", "job: 'none' };"),
  mutant(
    'retry final causes',
    'domain/rollout/create-failed.ts',
    'if (name !== undefined && transient.has(name)) return true;',
    'if (name !== undefined) return true;',
  ),
  mutant('no limit of attempts', table, 'const ATTEMPTS = 3;', 'const ATTEMPTS = 9;'),
  mutant('CREATE_FAILED is never retried', table, 'const ATTEMPTS = 3;', 'const ATTEMPTS = 1;'),
  mutant('adopt without comparing markers', iot, "if (!isOurs(update, subject)) return { kind: 'foreign' };", ''),
  mutant(
    'notAfter not checked before re-sends',
    table,
    '  const { row } = view;\n  if (isExpired(view)) {\n    return nothingOnItsWay(view)',
    '  const { row } = view;\n  if (isExpired(view) && row.attempt > 90) {\n    return nothingOnItsWay(view)',
  ),
  mutant(
    'notAfter not checked before the first create',
    table,
    "if (isExpired(view)) return fail(view, 'EXPIRED', 'notAfter passed before the first create');",
    '',
  ),
  mutant(
    'expired though a create is on its way',
    table,
    "return nothingOnItsWay(view) ? fail(view, 'EXPIRED', 'notAfter passed before the create was repeated') : rest(view);",
    "return fail(view, 'EXPIRED', 'notAfter passed before the create was repeated');",
  ),
  // Managed integrations
  mutant(
    'MI create repeated after an empty search',
    table,
    "if (row.service === 'iot') return createStep(view, 'AWS knows no such update');",
    "return createStep(view, 'AWS knows no such update');",
  ),
  mutant(
    'UNCERTAIN not after 20 minutes but after 2',
    table,
    '(row.openTo ?? 0) + timing.unanswered.iotmanagedintegrations < now',
    '(row.openTo ?? 0) + 120_000 < now',
  ),
  mutant('only the first page of tasks is read', mi, '} while (token !== undefined);', '} while (token === "never");'),
  mutant('tasks without tags in the answer are not ours', mi, 'task.Tags ?? (await tagsOf(client, task.TaskArn))', 'task.Tags ?? {}'),
  mutant('search by name alone, content unseen', mi, "if (tags['ota-dispatch.rolloutId'] !== subject.rolloutId) continue;", ''),
  mutant(
    'task before its document',
    receive,
    "if (rollout.service === 'iotmanagedintegrations') await services.documents.write(rollout.document);",
    '',
  ),
  // Superseding
  mutant(
    'order of arrival instead of version',
    order,
    'const blockers = row.downgrade ? []',
    'const blockers = row.downgrade || !row.downgrade ? []',
  ),
  mutant(
    'older never gives way',
    table,
    '    const rival = newerRival(view, (entry) => entry.created === true || entry.done === true);\n    if (rival) return rival.step ?? giveWay(view, rival.entry);\n  }\n  const own',
    '    const rival = newerRival(view, (entry) => entry.created === true || entry.done === true);\n    if (rival?.step) return rival.step;\n  }\n  const own',
  ),
  mutant(
    'older goes for a pending newer',
    table,
    '    const rival = newerRival(view, (entry) => entry.created === true || entry.done === true);\n    if (rival) return rival.step ?? giveWay(view, rival.entry);\n  }\n  const own',
    '    const rival = newerRival(view, () => true);\n    if (rival) return rival.step ?? giveWay(view, rival.entry);\n  }\n  const own',
  ),
  mutant(
    'refused by a merely pending newer',
    table,
    "if (rival.created || rival.done) return superseded(view, rival, 'a newer release is on the channel');",
    "return superseded(view, rival, 'a newer release is on the channel');",
  ),
  mutant(
    'no announcement in the head',
    table,
    'if (own && !own.created && older.length > 0) {',
    'if (own && !own.created && older.length > 99) {',
  ),
  mutant(
    'trust the head, read no rival’s row',
    order,
    'return seen.rivals[first.rolloutId] === undefined ? { entry: first, step: readRival(row, first.rolloutId, first) } : { entry: first };',
    'return { entry: first };',
  ),
  mutant(
    'withdrawn and failed count',
    'domain/rollout/rollout.ts',
    "return state !== 'WITHDRAWING' && state !== 'WITHDRAWN' && state !== 'FAILED';",
    'return state.length > 0;',
  ),
  mutant(
    'keep gives way',
    table,
    '    const rival = newerRival(view, (entry) => entry.created === true || entry.done === true);\n    if (rival) return rival.step ?? giveWay(view, rival.entry);\n  }\n  const own',
    '  }\n  const keepOrNot = newerRival(view, (entry) => entry.created === true || entry.done === true);\n  if (keepOrNot) return keepOrNot.step ?? giveWay(view, keepOrNot.entry);\n  const own',
  ),
  mutant(
    'completed ones do not count',
    order,
    'const blockers = row.downgrade ? [] : Object.entries(head.entries).filter(',
    'const blockers = row.downgrade ? [] : Object.entries(head.entries).filter(([, entry]) => !entry.done).filter(',
  ),
  mutant('entries get no new place', order, 'seq: head.seq + 1, version', 'seq: head.seq, version'),
  // Withdrawing
  mutant('no tombstone', withdraw, 'await remember(withdrawal, tombstone, services);', ''),
  mutant(
    'tombstones not read in the loop',
    loop,
    'let view: View = { row, head, tombstones, seen',
    'let view: View = { row, head, tombstones: tombstones.slice(0, 0), seen',
  ),
  mutant(
    'tombstone only, rows not marked',
    withdraw,
    'const rows = await services.ledger.rowsOf(withdrawal.product, withdrawal.version);',
    'const rows = (await services.ledger.rowsOf(withdrawal.product, withdrawal.version)).slice(0, 0);',
  ),
  mutant(
    'rows queried before the tombstone is written',
    withdraw,
    'await remember(withdrawal, tombstone, services);\n  const rows = await services.ledger.rowsOf(withdrawal.product, withdrawal.version);',
    'const rows = await services.ledger.rowsOf(withdrawal.product, withdrawal.version);\n  await remember(withdrawal, tombstone, services);',
  ),
  mutant(
    'acknowledged though marking failed',
    withdraw,
    'if (!isMarked(after)) throw new Error(`${row.rolloutId} could not be marked as withdrawn yet`);',
    '',
  ),
  mutant(
    'withdrawal ignores what has ended',
    table,
    "if (row.state === 'CLAIMED' || row.state === 'COMPLETED' || row.state === 'SUPERSEDED') return withdrawn(view, tombstone, row.counts);",
    "if (row.state === 'CLAIMED') return withdrawn(view, tombstone, row.counts);",
  ),
  mutant(
    'withdrawal ignores UNCERTAIN',
    table,
    " || isUncertain(row)) {\n      return moveTo(view, 'WITHDRAWING'",
    ") {\n      return moveTo(view, 'WITHDRAWING'",
  ),
  mutant(
    'withdrawn without stopping anything',
    table,
    "if (!sighting) return { do: 'look', at: 'both' };",
    'return stopped(view, tombstone, row.counts);',
  ),
  mutant(
    'cancel taken as immediate',
    table,
    "      if (sighting.job === 'live') return seen.stopSent ? rest(view) : stopIt(view, tombstone);\n      return sighting.job === 'ending' ? rest(view) : stopped(view, tombstone, sighting.counts ?? row.counts);",
    "      if (sighting.job === 'live') return seen.stopSent ? stopped(view, tombstone, row.counts) : stopIt(view, tombstone);\n      return sighting.job === 'ending' ? rest(view) : stopped(view, tombstone, sighting.counts ?? row.counts);",
  ),
  mutant(
    'not found is nothing live at once',
    table,
    'return nothingOnItsWay(view) ? stopped(view, tombstone, row.counts) : rest(view);',
    'return stopped(view, tombstone, row.counts);',
  ),
  mutant(
    'pending is nothing live',
    table,
    "    case 'pending':\n      return rest(view);\n    case 'foreign':\n      return stopped(view, tombstone, row.counts);",
    "    case 'pending':\n    case 'foreign':\n      return stopped(view, tombstone, row.counts);",
  ),
  mutant('a withdrawal forgets other withdrawals', withdraw, 'list: [...tombstones.list, tombstone]', 'list: [tombstone]'),
  // Fencing
  mutant(
    'row writes unconditional',
    ledger,
    'return (await putIf(client, tableName, rowItem(row), row.rev - 1)).done;',
    'await client.send(new PutItemCommand({ TableName: tableName, Item: rowItem(row) }));\n      return true;',
  ),
  mutant(
    'head writes unconditional',
    ledger,
    'return (await putIf(client, tableName, item, head.rev === 0 ? undefined : head.rev)).done;',
    'await client.send(new PutItemCommand({ TableName: tableName, Item: item }));\n      return true;',
  ),
  mutant(
    'tombstone writes unconditional',
    ledger,
    'return (await putIf(client, tableName, item, rev === 0 ? undefined : rev)).done;',
    'await client.send(new PutItemCommand({ TableName: tableName, Item: item }));\n      return true;',
  ),
  mutant(
    'a lost condition is a success',
    loop,
    "if (!(await services.ledger.write(after))) return 'lost';",
    'await services.ledger.write(after);',
  ),
  mutant('a lost condition ends the work', loop, "if (answer === 'lost') break;", "if (answer === 'lost') return view.row;"),
  mutant('follow-ups not fenced', loop, 'if (!row || (!wasAwaited && row.no !== no)) return row;', 'if (!row) return row;'),
  mutant('unprocessed keys are not asked again', ledger, 'wanted = answer.UnprocessedKeys?.[tableName]?.Keys;', 'wanted = undefined;'),
  // Looking
  mutant(
    'gone is final at once',
    table,
    "return nothingOnItsWay(view) ? fail(view, 'GONE', 'the job or task was deleted outside') : rest(view);",
    "return fail(view, 'GONE', 'the job or task was deleted outside');",
  ),
  mutant(
    'a created rollout is never looked at',
    table,
    "if (!sighting) return { do: 'look', at: 'job' };",
    'if (!sighting) return rest(view);',
  ),
  mutant(
    'a job that was stopped outside stays unseen',
    table,
    "    case 'gone':\n      return gone(view);\n    case 'live':",
    "    case 'gone':\n    case 'live':",
  ),
  mutant(
    'a failed look is “not found”',
    loop,
    'return { seen: { ...seen, resting: true } };',
    "return { seen: what === 'look' ? { ...seen, sighting: { kind: 'notFound' } } : { ...seen, resting: true } };",
  ),
  mutant(
    'bodies in the log',
    receive,
    'const parsed = parseMessage(body, { allowedAccounts: services.allowedAccounts });',
    'const parsed = parseMessage(body, { allowedAccounts: services.allowedAccounts });\n  services.telemetry.problem(body, undefined, {});',
  ),
];
