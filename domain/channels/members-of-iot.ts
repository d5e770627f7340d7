import { isRecord, type Problem, type Segment } from 'aws-ota-models';
import { isReserved } from './reserved.ts';
import { listOf, objectOf, setByTheService } from './template-shape.ts';

/** The problems of a list of tags of IoT Core or IoT Jobs: a key of this service, or one that comes twice. */
export function tagListProblems(tags: unknown, path: readonly Segment[]): Problem[] {
  return listOf(tags).flatMap((tag, index, all) => {
    const key = objectOf(tag).Key;
    if (typeof key !== 'string') return [];
    const at = [...path, index, 'Key'];
    if (isReserved(key)) return [{ path: at, message: setByTheService }];
    const first = all.findIndex((other) => objectOf(other).Key === key);
    return first < index ? [{ path: at, message: `tags[${first}] has the same key: remove one of the two` }] : [];
  });
}

/** Without a criterion the rate would never increase. The documentation asks for one of the two. */
export function missingRateCriterion(config: unknown, path: readonly Segment[]): Problem[] {
  const criteria = objectOf(objectOf(config).exponentialRate).rateIncreaseCriteria;
  if (!isRecord(criteria) || Object.keys(criteria).length > 0) return [];
  return [
    {
      path: [...path, 'exponentialRate', 'rateIncreaseCriteria'],
      message: 'needs numberOfNotifiedThings or numberOfSucceededThings',
    },
  ];
}
