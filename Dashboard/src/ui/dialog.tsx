// The browser's own dialog: it keeps the focus, closes on Escape and gives the focus back.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { problemFrom, type Problem } from '../api/problem';
import { ProblemNote } from './states';
import { Icon } from './icons';

/** side: a panel at the edge, for a closer look; middle: for a decision or a form. */
export function Dialog({
  title,
  onClose,
  children,
  where = 'middle',
  wide = false,
}: {
  title: ComponentChildren;
  onClose: () => void;
  children: ComponentChildren;
  where?: 'middle' | 'side';
  wide?: boolean;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    // Where the reader goes on; the browser would take the first thing there is, which is the way out.
    dialog.querySelector<HTMLElement>('[data-focus], input')?.focus();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog ${where}${wide ? ' wide' : ''}`}
      aria-labelledby={titleId}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={event => {
        // The backdrop belongs to the dialog; what lies in it does not reach its edge.
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** Asks before something that cannot be taken back. What goes wrong is said within. */
export function Confirm({
  title,
  children,
  action,
  dangerous = false,
  onConfirm,
  onClose,
}: {
  title: string;
  children: ComponentChildren;
  /** What the button says: the deed, not OK. */
  action: string;
  dangerous?: boolean;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const confirm = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (fault) {
      setProblem(problemFrom(fault));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="dialog-text">{children}</div>
      {problem && <ProblemNote problem={problem} />}
      <footer>
        <button type="button" class="button" onClick={onClose} data-focus>
          Cancel
        </button>
        <button type="button" class={`button ${dangerous ? 'danger' : 'primary'}`} disabled={busy} onClick={() => void confirm()}>
          {action}
        </button>
      </footer>
    </Dialog>
  );
}
