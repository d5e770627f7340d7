import { describe, expect, it } from 'vitest';
import { compileRuleSql } from '../../../src/services/iot-core/rule-sql.ts';

const message = {
  topic: '$aws/events/job/fw-camera-1/completed',
  payload: { jobId: 'another', status: 'COMPLETED', counts: { succeeded: 3 } },
  now: 1_000,
};
const select = (sql: string, changes: Partial<typeof message> = {}) => compileRuleSql(sql).select({ ...message, ...changes });
const where = (condition: string) => select(`SELECT status FROM '$aws/events/job/+/+' WHERE ${condition}`) !== undefined;

describe('the SQL of a topic rule', () => {
  it('takes parts of the topic and members of the payload, in the order of SELECT', () => {
    const sql = "SELECT topic(4) AS jobId, topic(5) AS operation, counts.succeeded AS done, status FROM '$aws/events/job/+/+'";
    expect(JSON.stringify(select(sql))).toBe('{"jobId":"fw-camera-1","operation":"completed","done":3,"status":"COMPLETED"}');
  });

  it('takes the whole payload with *, and what follows it wins', () => {
    expect(select("select *, topic(4) as jobId, timestamp() as at from '$aws/events/#'")).toEqual({
      ...message.payload,
      jobId: 'fw-camera-1',
      at: 1_000,
    });
  });

  it('leaves out what does not exist', () => {
    expect(select("SELECT topic(9) AS ninth, missing.member AS other, topic() AS topic FROM '$aws/events/job/+/+'")).toEqual({
      topic: message.topic,
    });
  });

  it.each([
    ['$aws/events/job/+/+', true],
    ['$aws/events/job/+/completed', true],
    ['$aws/events/#', true],
    ['$aws/events/job/+', false],
    ['$aws/events/job/+/+/+', false],
    ['$aws/events/jobExecution/+/+', false],
    // A wildcard at the first level does not stand for the topics of AWS.
    ['#', false],
    ['+/events/job/+/+', false],
  ])('FROM %s: %s', (filter, matches) => {
    expect(select(`SELECT * FROM '${filter}'`) !== undefined).toBe(matches);
  });

  it.each([
    ["startswith(topic(4), 'fw-') OR startswith(topic(4), 'AFR_OTA-fw-')", true],
    ["startswith(topic(4), 'AFR_OTA-fw-')", false],
    ["NOT startswith(topic(4), 'x') AND endswith(topic(), 'completed')", true],
    ["startswith(topic(4), 'x') OR startswith(topic(4), 'y') AND true", false],
    ["(startswith(topic(4), 'x') OR true) AND status = 'COMPLETED'", true],
    ["status <> 'COMPLETED'", false],
    ['counts.succeeded >= 3 AND counts.succeeded < 3.5', true],
    // A value that does not exist makes no condition true, not even a negated one.
    ["startswith(missing, 'fw-')", false],
    ["NOT startswith(missing, 'fw-')", false],
    ["missing <> 'x'", false],
    // Not true, only not empty.
    ['status', false],
  ])('WHERE %s: %s', (condition, holds) => {
    expect(where(condition)).toBe(holds);
  });

  it.each([
    ["SELECT topic(4) FROM 'a'", /needs AS and a name/],
    ["SELECT aws_lambda('x') AS y FROM 'a'", /no function aws_lambda in SQL; it has topic, startswith, endswith, timestamp/],
    ["SELECT startswith('x') AS y FROM 'a'", /startswith takes 2 arguments, not 1/],
    ['SELECT * FROM a', /a topic filter in '…' is expected before "a"/],
    ["SELECT * FROM 'a' GROUP BY b", /the end is expected before "GROUP"/],
    ["SELECT * FROM 'a' WHERE (b = 1", /\) is expected before "the end"/],
    ["DELETE FROM 'a'", /SELECT is expected before "DELETE"/],
    ["SELECT * FROM 'a' WHERE b + 1 = 2", /cannot read the SQL from here: \+ 1 = 2/],
    ["SELECT where FROM 'a'", /a name is expected before "where"/],
    ["SELECT constructor() AS y FROM 'a'", /no function constructor in SQL/],
    ["SELECT __proto__(1) AS y FROM 'a'", /no function __proto__ in SQL/],
    [`SELECT ${'('.repeat(101)}a AS y FROM 'a'`, /nested at most 100 deep/],
    [`SELECT * FROM 'a' WHERE ${'NOT '.repeat(20_000)}true`, /nested at most 100 deep/],
  ])('%s is refused', (sql, message) => {
    expect(() => compileRuleSql(sql)).toThrow(message);
  });
});
