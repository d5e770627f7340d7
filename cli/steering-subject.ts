import type { Rollout } from '../domain/rollout/rollout.ts';
import type { Subject } from '../operator/actions/subject.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { contentLines, detailLines, linesOf } from './status-words.ts';

/** What a person must see before they say yes or no: the content, the rollout, its evidence, its digest and the frozen request. */
export function subjectLines(subject: Subject, now: number): string[] {
  const { accepted, known, channel } = subject;
  return [
    ...(accepted ? contentLines(accepted) : []),
    ...(known
      ? [...linesOf(known, now), ...detailLines(known), ...requestLines(known.row)]
      : [`${releaseName(subject)} was not published to ${channel} yet`]),
  ];
}

function requestLines({ operation, request }: Rollout): string[] {
  const [first = '', ...rest] = JSON.stringify(request, null, 2).split('\n');
  return [`request ${operation} ${first}`, ...rest].map((line) => `    ${line}`);
}
