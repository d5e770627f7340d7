/** The assumed milliseconds of a call. */
export const CALL = 15;

/** The assumed milliseconds of a DescribeJob. */
export const LOOK = 60;

/** The assumed milliseconds of a batch's way from its queue. */
export const POLL = 50;

/** The assumed milliseconds of a job event's way from AWS IoT into the queue. */
export const JOB_EVENT = 200;
