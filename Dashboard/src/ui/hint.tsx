// A term with its definition, on hover, focus and tap.
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

export function Defined({ children, definition }: { children: ComponentChildren; definition: string }) {
  const id = useId();
  const box = useRef<HTMLSpanElement>(null);
  const show = (anchor: HTMLElement) => {
    const popover = box.current!;
    if (!popover.matches(':popover-open')) popover.showPopover();
    const at = anchor.getBoundingClientRect();
    popover.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - popover.offsetWidth - 8))}px`;
    popover.style.top = `${at.top > popover.offsetHeight + 12 ? at.top - popover.offsetHeight - 6 : at.bottom + 6}px`;
  };
  const hide = () => {
    if (box.current?.matches(':popover-open')) box.current.hidePopover();
  };
  return (
    <>
      <span
        class="defined"
        tabIndex={0}
        aria-describedby={id}
        onMouseEnter={event => show(event.currentTarget)}
        onMouseLeave={hide}
        onFocus={event => show(event.currentTarget)}
        onBlur={hide}
        onKeyDown={event => event.key === 'Escape' && hide()}
      >
        {children}
      </span>
      <span ref={box} id={id} role="tooltip" popover="manual" class="tooltip">
        {definition}
      </span>
    </>
  );
}
