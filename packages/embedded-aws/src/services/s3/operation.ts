import type { ServiceRequest, ServiceResponse } from '../service.ts';

/** A request with the bucket and key that its path or virtual host names; '' if it names no bucket or no key. */
export type S3Call = { readonly request: ServiceRequest; readonly bucket: string; readonly key: string };
export type S3Operation = (call: S3Call) => ServiceResponse;
