import type { ComponentChildren } from 'preact';

/** A part of a view that screen readers list by its name. */
export function Region({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const id = `region-${title.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
