import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lifePicture, transitionsOf } from '../../proof/life-picture.ts';

const page = readFileSync('docs/explanation/life-of-a-rollout.md', 'utf8');
const transitions = transitionsOf(page);

describe('The picture of the life of a rollout', () => {
  it('is what its program draws (if not, run `node proof/life-picture.ts`)', () => {
    expect(readFileSync('docs/images/life-of-a-rollout.svg', 'utf8')).toBe(lifePicture(transitions));
  });

  it('has every state of the page, and no other', () => {
    const explained = [...page.matchAll(/^\| ([A-Z]+(?:, [A-Z]+)*) \| [^|]+ \| (?:no|yes|perhaps)[^|]* \|/gm)].flatMap(([, names = '']) =>
      names.split(', '),
    );
    const drawn = new Set(transitions.flatMap((transition) => transition.split(' ')).filter((state) => state !== 'start'));
    expect(drawn).toEqual(new Set(explained));
  });

  it('cannot be drawn if the table has a transition without an arrow, or lost one', () => {
    expect(() => lifePicture([...transitions, 'WITHDRAWN CREATED'])).toThrow('no arrow for [WITHDRAWN CREATED]');
    expect(() => lifePicture(transitions.slice(1))).toThrow(`an arrow too many for [${transitions[0]}]`);
  });
});
