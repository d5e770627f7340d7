import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** What does not show at first, behind a line that opens it. It is drawn when it is opened. */
export function More({ label, children }: { readonly label: string; readonly children: () => ComponentChildren }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary class="small">{label}</summary>
      {isOpen && children()}
    </details>
  );
}
