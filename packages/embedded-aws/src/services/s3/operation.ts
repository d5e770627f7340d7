import type { ServiceRequest, ServiceResponse } from '../service.ts';

/** A request with the bucket and key its path (or virtual host) names; '' where it names none. */
export type S3Call = { readonly request: ServiceRequest; readonly bucket: string; readonly key: string };
export type S3Operation = (call: S3Call) => ServiceResponse;
