import { randomUUID } from 'node:crypto';
import { partitionOf } from '../partition.ts';
import { queryError } from './query-xml.ts';
import { element } from './s3/xml.ts';
import type { Service, ServiceRequest } from './service.ts';

/** STS with GetCallerIdentity only, which tools call before they start. All credentials are the account's own. */
export function createSts({ accountId, region }: { readonly accountId: string; readonly region: string }): Service {
  const asked = ({ body, query }: ServiceRequest) => new URLSearchParams(body.toString('utf8')).get('Action') ?? query.get('Action') ?? '';
  return {
    name: 'sts',
    operations: ['GetCallerIdentity'],
    operation: (request) => (asked(request) === 'GetCallerIdentity' ? 'GetCallerIdentity' : undefined),
    async handle(request) {
      const action = asked(request);
      if (action !== 'GetCallerIdentity') {
        return queryError(400, 'InvalidAction', `The embedded AWS does not know STS ${action === '' ? 'without an Action' : action}.`);
      }
      const result = `${element('Arn', `arn:${partitionOf(region).name}:iam::${accountId}:root`)}${element('UserId', accountId)}${element('Account', accountId)}`;
      const metadata = `<ResponseMetadata>${element('RequestId', randomUUID())}</ResponseMetadata>`;
      return {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult>${metadata}</GetCallerIdentityResponse>`,
      };
    },
    error: queryError,
  };
}
