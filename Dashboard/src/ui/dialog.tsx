// The browser's own dialog: it keeps the focus within and closes on Escape. The focus returns to where it was.
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { problemFrom, type Problem } from '../api/client';
import { ProblemNote } from './states';
import { Icon } from './icons';

/** panel: at the edge, for a closer look; middle: for a decision or a form. */
export function Dialog({
  title,
  onClose,
  children,
  where = 'middle',
  wide = false,
  isDirty = false,
}: {
  title: ComponentChildren;
  onClose: () => void;
  children: ComponentChildren;
  where?: 'middle' | 'panel';
  wide?: boolean;
  /** Something was entered that closing would lose: it asks first. */
  isDirty?: boolean;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [asks, setAsks] = useState(false);
  useLayoutEffect(() => {
    const dialog = element.current!;
    const before = document.activeElement;
    dialog.showModal();
    // Where the reader goes on; the browser would take the first control there is, which is Close.
    dialog.querySelector<HTMLElement>('[data-focus], input')?.focus();
    return () => {
      dialog.close();
      giveFocusBack(before);
    };
  }, []);
  const close = () => (isDirty && !asks ? setAsks(true) : onClose());
  return (
    <dialog
      ref={element}
      class={`dialog ${where}${wide ? ' wide' : ''}`}
      aria-labelledby={titleId}
      onCancel={event => {
        event.preventDefault();
        close();
      }}
      onMouseDown={event => {
        // The backdrop belongs to the dialog; its content does not reach the edge. A slip of the mouse must not lose what was entered.
        if (event.target === element.current && !isDirty) onClose();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {asks && isDirty && (
          <div class="note warn" role="alert">
            <span>Discard what you entered?</span>
            <button type="button" class="button small" onClick={() => setAsks(false)}>
              Keep editing
            </button>
            <button type="button" class="button small" onClick={onClose}>
              Discard
            </button>
          </div>
        )}
        {children}
      </div>
    </dialog>
  );
}

/** After the view has settled: the element may have been drawn again, or be gone. */
function giveFocusBack(before: Element | null) {
  requestAnimationFrame(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const key = before instanceof HTMLElement ? before.dataset['key'] : undefined;
    const again = before?.isConnected ? before : key !== undefined ? document.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
    const target = again instanceof HTMLElement && again !== document.body ? again : document.getElementById('main');
    target?.focus({ preventScroll: true });
  });
}

/** Asks before something that cannot be undone. What goes wrong is shown within. */
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
  /** What the button says: the action, not OK. */
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
