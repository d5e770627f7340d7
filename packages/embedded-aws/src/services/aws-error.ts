/** An error in AWS's words. A service throws it, and the caller gets it as the answer. */
export class AwsError extends Error {
  readonly exception: string;
  readonly status: number;
  /** Further members of the error's shape. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(exception: string, message: string, options: { status?: number; fields?: Record<string, unknown> } = {}) {
    super(message);
    this.exception = exception;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
  }
}
