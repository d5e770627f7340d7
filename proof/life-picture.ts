import { readFileSync, writeFileSync } from 'node:fs';

/** The page whose table of transitions the picture draws. */
const page = new URL('../docs/explanation/life-of-a-rollout.md', import.meta.url);
const picture = new URL('../docs/images/life-of-a-rollout.svg', import.meta.url);

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly kind: Kind };
type Kind = 'way' | 'good' | 'gone' | 'bad';
type Point = readonly [x: number, y: number];

const HEIGHT = 44;

/** Where each state stands, by the middle of its box. */
const boxes: Readonly<Record<string, Box>> = {
  FAILED: { x: 360, y: 42, width: 670, kind: 'bad' },
  WAITING: { x: 90, y: 150, width: 130, kind: 'way' },
  CLAIMED: { x: 270, y: 150, width: 130, kind: 'way' },
  CREATING: { x: 450, y: 150, width: 130, kind: 'way' },
  CREATED: { x: 630, y: 150, width: 130, kind: 'way' },
  COMPLETED: { x: 810, y: 150, width: 130, kind: 'good' },
  SUPERSEDING: { x: 540, y: 262, width: 230, kind: 'gone' },
  SUPERSEDED: { x: 810, y: 262, width: 130, kind: 'gone' },
  WITHDRAWING: { x: 540, y: 386, width: 310, kind: 'bad' },
  WITHDRAWN: { x: 810, y: 386, width: 130, kind: 'bad' },
};

const START: Point = [12, 150];

/** The way of each arrow. A transition of the table without one is an error, and so is an arrow without a transition. */
const arrows: Readonly<Record<string, readonly Point[]>> = {
  'start WAITING': [START, [25, 150]],
  'start CLAIMED': [START, [12, 204], [225, 204], [225, 172]],
  'WAITING CLAIMED': [
    [155, 150],
    [205, 150],
  ],
  'CLAIMED CREATING': [
    [335, 150],
    [385, 150],
  ],
  'CREATING CREATING': [
    [470, 128],
    [470, 106],
    [500, 106],
    [500, 128],
  ],
  'CREATING CREATED': [
    [515, 150],
    [565, 150],
  ],
  'CREATED COMPLETED': [
    [695, 150],
    [745, 150],
  ],
  'WAITING FAILED': [
    [90, 128],
    [90, 64],
  ],
  'CLAIMED FAILED': [
    [270, 128],
    [270, 64],
  ],
  'CREATING FAILED': [
    [430, 128],
    [430, 64],
  ],
  'CREATED FAILED': [
    [630, 128],
    [630, 64],
  ],
  'WAITING SUPERSEDED': [
    [110, 172],
    [110, 316],
    [790, 316],
    [790, 284],
  ],
  'CLAIMED SUPERSEDED': [
    [290, 172],
    [290, 306],
    [775, 306],
    [775, 284],
  ],
  'CREATING SUPERSEDING': [
    [470, 172],
    [470, 240],
  ],
  'CREATED SUPERSEDING': [
    [620, 172],
    [620, 240],
  ],
  'SUPERSEDING SUPERSEDED': [
    [655, 262],
    [745, 262],
  ],
  'WAITING WITHDRAWN': [
    [70, 172],
    [70, 446],
    [830, 446],
    [830, 408],
  ],
  'CLAIMED WITHDRAWN': [
    [260, 172],
    [260, 432],
    [790, 432],
    [790, 408],
  ],
  'CREATING WITHDRAWING': [
    [400, 172],
    [400, 364],
  ],
  'CREATED WITHDRAWING': [
    [680, 172],
    [680, 364],
  ],
  'SUPERSEDING WITHDRAWING': [
    [540, 284],
    [540, 364],
  ],
  'WITHDRAWING WITHDRAWN': [
    [695, 392],
    [745, 392],
  ],
  'COMPLETED WITHDRAWN': [
    [875, 150],
    [900, 150],
    [900, 386],
    [875, 386],
  ],
  'SUPERSEDED WITHDRAWN': [
    [840, 284],
    [840, 364],
  ],
  'FAILED WITHDRAWING': [
    [695, 42],
    [718, 42],
    [718, 376],
    [695, 376],
  ],
};

/** The transitions of the page, as `FROM TO`. A rollout that begins comes from `start`. */
export function transitionsOf(text: string): string[] {
  return [...text.matchAll(/^\| (start|[A-Z]+) \| ([A-Z]+) \|/gm)].map(([, from, to]) => `${from} ${to}`);
}

/** The picture of these transitions, as the text of an SVG file. Throws if a transition has no place in it, or an arrow has no transition. */
export function lifePicture(transitions: readonly string[]): string {
  const unplaced = transitions.filter((transition) => !(transition in arrows));
  const superfluous = Object.keys(arrows).filter((arrow) => !transitions.includes(arrow));
  if (unplaced.length + superfluous.length > 0)
    throw new Error(`the picture has no arrow for [${unplaced}], and an arrow too many for [${superfluous}]`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 470" role="img" aria-labelledby="title" font-family="system-ui, sans-serif">
<title id="title">The states of a rollout and the ways between them</title>
<style>
  svg { --ground: #fff; --ink: #24292f; --way: #ddf4ff; --good: #dafbe1; --gone: #fff8c5; --bad: #ffebe9 }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --way: #0c2d6b; --good: #033a16; --gone: #4b2900; --bad: #67060c }
  }
  .ground { fill: var(--ground) }
  text { fill: var(--ink); font-size: 15px; font-weight: 600; text-anchor: middle }
  path { fill: none; stroke: var(--ink); stroke-width: 1.4 }
  .tip, circle { fill: var(--ink); stroke: none }
  rect { stroke: var(--ink) }
  .way { fill: var(--way) } .good { fill: var(--good) } .gone { fill: var(--gone) } .bad { fill: var(--bad) }
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>
<rect class="ground" width="920" height="470" stroke="none"/>
<circle cx="${START[0]}" cy="${START[1]}" r="5"/>
${transitions.map(arrow).join('\n')}
${Object.entries(boxes).map(box).join('\n')}
</svg>
`;
}

const arrow = (transition: string): string => {
  const points = (arrows[transition] ?? []).map((point) => point.join(' '));
  return `<path d="M${points.join(' L')}" marker-end="url(#tip)"><title>${transition.replace(' ', ' to ')}</title></path>`;
};

const box = ([state, { x, y, width, kind }]: [string, Box]): string =>
  `<rect class="${kind}" x="${x - width / 2}" y="${y - HEIGHT / 2}" width="${width}" height="${HEIGHT}" rx="8"/><text x="${x}" y="${y + 5}">${state}</text>`;

if (import.meta.main) writeFileSync(picture, lifePicture(transitionsOf(readFileSync(page, 'utf8'))));
