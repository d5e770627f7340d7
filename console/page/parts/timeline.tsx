import type { TimelineEntry } from '../../api.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { lookOf, type Tone } from './state-look.ts';
import { Time } from './time.tsx';
import { durationWords } from './time-words.ts';

/** What happened to a rollout, the oldest first: when, what, who and why. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  return (
    <ol class="timeline">
      {entries.map((entry, index) => (
        <Entry key={`${entry.at} ${entry.kind} ${entry.what} ${index}`} entry={entry} before={entries[index - 1]} />
      ))}
    </ol>
  );
}

function Entry({ entry, before }: { readonly entry: TimelineEntry; readonly before: TimelineEntry | undefined }) {
  const { at, kind, what, lines = [], from, who, why, isPending } = entry;
  const { tone, icon } = drawingOf(entry);
  const gap = before === undefined ? 0 : Date.parse(at) - Date.parse(before.at);
  return (
    <li class={`timeline-${kind}`}>
      <span class={`timeline-mark tone-${tone}`}>
        <Icon name={icon} />
      </span>
      <div>
        <p>
          <strong>{what}</strong>
          {from !== undefined && <span class="muted"> from {from}</span>}
          {isPending && (
            <span class="badge tone-wait">
              <Icon name="hourglass" />
              pending: it is not on the bus yet
            </span>
          )}
        </p>
        {why !== undefined && <p>{why}</p>}
        {lines.map((line) => (
          <p key={line} class="small">
            {line}
          </p>
        ))}
        {who !== undefined && <p class="small muted">{who}</p>}
      </div>
      <p class="timeline-when number">
        <Time at={at} as="seconds" />
        {gap >= 1000 && <span class="small muted">+{durationWords(gap)}</span>}
      </p>
    </li>
  );
}

const drawings: Readonly<Record<TimelineEntry['kind'], { readonly tone: Tone; readonly icon: IconName }>> = {
  event: { tone: 'idle', icon: 'event' },
  state: { tone: 'live', icon: 'dots' },
  gate: { tone: 'good', icon: 'gate' },
  steering: { tone: 'wait', icon: 'barred' },
  outcome: { tone: 'idle', icon: 'dispatch' },
  remark: { tone: 'idle', icon: 'dots' },
};

function drawingOf({ kind, what }: TimelineEntry): { readonly tone: Tone; readonly icon: IconName } {
  return kind === 'state' ? lookOf(what) : drawings[kind];
}
