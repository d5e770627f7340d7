import type { ComponentChild } from 'preact';
import { pipelineOf, type Staged } from './pipeline-columns.ts';

type PipelineProps<C extends Staged> = { readonly channels: readonly C[]; readonly draw: (channel: C) => ComponentChild };

/** Channels side by side, each behind those that its gate names. */
export function Pipeline<C extends Staged>({ channels, draw }: PipelineProps<C>) {
  const columns = pipelineOf(channels);
  return (
    <div class={columns.length > 1 ? 'pipeline' : 'pipeline is-flat'}>
      {columns.map((column) => (
        <div key={column[0]?.channel} class="pipeline-column">
          {column.map(draw)}
        </div>
      ))}
    </div>
  );
}
