/** An error in AWS's words, thrown inside a stand-in and answered to the caller. */
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
