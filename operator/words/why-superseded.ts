import { compareReleases, partsOf } from '../../domain/release/version.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';

/**
 * Which release superseded a rollout, and why, in words for a person. Undefined if nothing superseded it. If nothing was sent for
 * the rollout, the other release was there first. Then the words name the option that would have let it through. A rollout that waits
 * for another channel also gives way to what comes there, and then that option would not have helped.
 */
export function whySuperseded({
  version,
  revision,
  attempt,
  downgrade,
  supersededBy: by,
  gate,
  opened,
}: Pick<Rollout, 'version' | 'revision' | 'attempt' | 'downgrade' | 'supersededBy' | 'gate' | 'opened'>): string | undefined {
  if (by === undefined) return undefined;
  const order = compareReleases(by, { version, revision });
  const other = by.revision === 1 && by.version !== version ? by.version : `${by.version} revision ${by.revision}`;
  if (order <= 0) return `${other} was accepted later${downgrade ? ', and the channel says downgrade: allow' : ''}`;
  const surprise = by.version === version ? '' : surpriseOf(version, by.version);
  const newer = `${other} is newer by ${by.version === version ? 'its revision' : 'SemVer'}${surprise && ` (${surprise})`}`;
  if (gate?.after && !opened) return `${newer}, and came before the gate opened`;
  return attempt === 0 && !downgrade ? `${newer}, and the channel does not say downgrade: allow` : newer;
}

/**
 * What may surprise a person in the order of two versions, and how to avoid it. Empty if nothing does. `older` precedes `newer` in SemVer.
 */
function surpriseOf(older: string, newer: string): string {
  const [oldCore, oldPre] = partsOf(older);
  const [newCore, newPre] = partsOf(newer);
  const at = oldCore.findIndex((number, index) => number !== newCore[index]);
  const [a = '', b = ''] = [oldCore[at], newCore[at]];
  if (at !== -1) return a > b ? `${b} is more than ${a}` : '';
  if (newPre.length === 0) return `${oldPre.join('.')} marks a version before ${newer}`;
  const differs = newPre.findIndex((identifier, index) => identifier !== oldPre[index]);
  return surpriseOfIdentifiers(oldPre[differs], newPre[differs] ?? '');
}

function surpriseOfIdentifiers(older: string | undefined, newer: string): string {
  if (older === undefined) return 'more parts behind the hyphen make a version newer';
  const order = `${older} sorts before ${newer}`;
  if (isNumber(older))
    return isNumber(newer) ? (older > newer ? `${newer} is more than ${older}` : '') : `${order}: numbers come before words`;
  const [a, b] = [wordAndNumber(older), wordAndNumber(newer)];
  if (a && b && a.word === b.word && a.number.length > b.number.length) return `${order}: write ${a.word}.${a.number}`;
  if (older.toLowerCase() > newer.toLowerCase()) return `${order}: capitals come before small letters`;
  return '';
}

/** `rc10` as the word `rc` and the number `10`. Undefined if it has another form. */
function wordAndNumber(identifier: string): { readonly word: string; readonly number: string } | undefined {
  const [, word, number] = identifier.match(/^([A-Za-z-]+)(\d+)$/) ?? [];
  return word === undefined || number === undefined ? undefined : { word, number };
}

const isNumber = (identifier: string): boolean => /^\d+$/.test(identifier);
