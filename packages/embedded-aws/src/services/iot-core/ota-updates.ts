import { isOver } from '../../fleet/job.ts';
import { drawFrom } from '../../fleet/plan.ts';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Handlers, nothing } from '../rest-json/rest-json.ts';
import { whySigningIsEmpty } from './code-signing.ts';
import { alreadyExists, invalid, notFound } from './failures.ts';
import { createBehind } from './ota-creation.ts';
import { type CreateOtaUpdate, describeOtaUpdate, type OtaUpdate, type OtaUpdateStatus } from './ota-update.ts';
import { putTags } from './tags.ts';
import type { IotWorld } from './world.ts';

const DEFAULT_PAGE = 100;

/** CreateOTAUpdate, GetOTAUpdate, ListOTAUpdates, DeleteOTAUpdate. */
export function otaUpdateHandlers(world: IotWorld): Handlers {
  const { arns, clock, otaUpdates } = world;
  let sequence = 0;

  const enter = (update: OtaUpdate, status: OtaUpdateStatus) => {
    update.status = status;
    update.lastModifiedAt = clock.now();
  };
  const createLater = (update: OtaUpdate) => {
    const [shortest, longest] = world.assumptions.creationMilliseconds;
    const total = shortest + drawFrom(update.request.otaUpdateId)() * (longest - shortest);
    clock.after(total / 4, () => enter(update, 'CREATE_IN_PROGRESS'));
    clock.after(total, () => {
      update.errorInfo = createBehind(world, update);
      enter(update, update.errorInfo === undefined ? 'CREATE_COMPLETE' : 'CREATE_FAILED');
    });
  };

  return {
    CreateOTAUpdate: (input: CreateOtaUpdate) => {
      const { otaUpdateId } = input;
      const arn = arns.otaUpdate(otaUpdateId);
      const empty = world.assumptions.emptyCodeSigning === 'refused' ? whySigningIsEmpty(input.files) : undefined;
      if (empty !== undefined) return invalid(empty);
      if (otaUpdates.has(otaUpdateId)) return alreadyExists('OTA update', otaUpdateId, arn);
      const refused = putTags(world.tags, arn, input.tags ?? []);
      if (refused !== undefined) return refused;
      const now = clock.now();
      const update: OtaUpdate = {
        request: input,
        sequence: sequence++,
        createdAt: now,
        lastModifiedAt: now,
        status: 'CREATE_PENDING',
        jobId: undefined,
        errorInfo: undefined,
        injected: world.options.faults?.takeCreateFailed('iot'),
        ownStreamId: undefined,
        signerJobIds: new Map(),
      };
      otaUpdates.set(otaUpdateId, update);
      createLater(update);
      return { output: { otaUpdateId, otaUpdateArn: arn, otaUpdateStatus: update.status } };
    },

    GetOTAUpdate: ({ otaUpdateId }: { otaUpdateId: string }) => {
      const update = otaUpdates.get(otaUpdateId);
      if (update === undefined) return notFound('OTA update', otaUpdateId);
      return { output: { otaUpdateInfo: describeOtaUpdate(update, arns.otaUpdate(otaUpdateId), arns.job) } };
    },

    ListOTAUpdates: (input: { maxResults?: number; nextToken?: string; otaUpdateStatus?: OtaUpdateStatus }) => {
      const wanted = [...otaUpdates.values()].reverse().filter((one) => !input.otaUpdateStatus || one.status === input.otaUpdateStatus);
      const page = takePage(wanted, (one) => -one.sequence, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      const summaries = page.items.map((one) => ({
        otaUpdateId: one.request.otaUpdateId,
        otaUpdateArn: arns.otaUpdate(one.request.otaUpdateId),
        creationDate: one.createdAt / 1000,
      }));
      return { output: { otaUpdates: summaries, nextToken: page.nextToken } };
    },

    DeleteOTAUpdate: (input: { otaUpdateId: string; deleteStream?: boolean; forceDeleteAWSJob?: boolean }) => {
      const update = otaUpdates.get(input.otaUpdateId);
      if (update === undefined) return notFound('OTA update', input.otaUpdateId);
      if (update.status === 'DELETE_IN_PROGRESS') return nothing;
      if (update.status === 'CREATE_PENDING' || update.status === 'CREATE_IN_PROGRESS') {
        return invalid(`OTA update ${input.otaUpdateId} is still being created (${update.status})`);
      }
      const job = update.jobId === undefined ? undefined : world.jobs.get(update.jobId);
      if (job !== undefined && !isOver(job) && job.status !== 'DELETION_IN_PROGRESS' && input.forceDeleteAWSJob !== true) {
        return invalid(`Job ${job.spec.id} is ${job.status}. Cancel it first, or set forceDeleteAWSJob`);
      }
      enter(update, 'DELETE_IN_PROGRESS');
      if (job !== undefined) world.jobs.remove(job.spec.id, () => world.tags.delete(arns.job(job.spec.id)));
      clock.after(world.assumptions.otaUpdateDeletionMilliseconds, () => {
        if (input.deleteStream === true && update.ownStreamId !== undefined) world.streams.remove(update.ownStreamId);
        otaUpdates.delete(input.otaUpdateId);
        world.tags.delete(arns.otaUpdate(input.otaUpdateId));
      });
      return nothing;
    },
  };
}
