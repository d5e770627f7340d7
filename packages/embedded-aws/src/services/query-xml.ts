import { randomUUID } from 'node:crypto';
import { element } from './s3/xml.ts';
import type { ServiceResponse } from './service.ts';

/** Whether a request is in AWS's older query protocol: a form in the request, XML in the answer. */
export function isQueryProtocol(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  return String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}

/** An error as clients of the query protocol read it. */
export function queryError(status: number, code: string, message: string): ServiceResponse {
  const error = `${element('Type', status < 500 ? 'Sender' : 'Receiver')}${element('Code', code)}${element('Message', message)}`;
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error>${error}</Error>${element('RequestId', randomUUID())}</ErrorResponse>`,
  };
}
