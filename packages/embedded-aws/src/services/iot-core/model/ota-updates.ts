import { createOTAUpdateInput } from 'aws-ota-models';
import type { Model } from '../../rest-json/rest-json.ts';
import { flag, otaUpdateId, paging, pagingQuery } from './scalars.ts';

/** The OTA operations of AWS IoT (API model 2015-05-28). */
export const otaUpdatesModel: Model = {
  CreateOTAUpdate: { method: 'POST', path: '/otaUpdates/{otaUpdateId}', input: createOTAUpdateInput },
  GetOTAUpdate: {
    method: 'GET',
    path: '/otaUpdates/{otaUpdateId}',
    input: { type: 'structure', required: ['otaUpdateId'], members: { otaUpdateId } },
  },
  ListOTAUpdates: {
    method: 'GET',
    path: '/otaUpdates',
    query: { ...pagingQuery, otaUpdateStatus: 'otaUpdateStatus' },
    input: {
      type: 'structure',
      members: {
        ...paging,
        otaUpdateStatus: {
          type: 'enum',
          values: ['CREATE_PENDING', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_FAILED'],
        },
      },
    },
  },
  DeleteOTAUpdate: {
    method: 'DELETE',
    path: '/otaUpdates/{otaUpdateId}',
    query: { deleteStream: 'deleteStream', forceDeleteAWSJob: 'forceDeleteAWSJob' },
    input: { type: 'structure', required: ['otaUpdateId'], members: { otaUpdateId, deleteStream: flag, forceDeleteAWSJob: flag } },
  },
};
