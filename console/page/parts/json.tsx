import { useState } from 'preact/hooks';
import { CopyButton } from './copy-button.tsx';

type JsonProps = { readonly label: string; readonly value: unknown; readonly isOpen?: boolean };

/** A text as it is, or a value as JSON, behind a line that opens it. It is written only when it is open. */
export function Json({ label, value, isOpen = false }: JsonProps) {
  const [open, setOpen] = useState(isOpen);
  const text = open ? textOf(value) : '';
  return (
    <details class="json" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {open && (
        <div class="json-body">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard */}
          <pre tabIndex={0}>
            <code>{text}</code>
          </pre>
          <CopyButton text={text} label={`Copy: ${label}`} />
        </div>
      )}
    </details>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}
