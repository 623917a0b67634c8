// Short messages at the edge of the page, read out by screen readers.
import { signal } from '@preact/signals';
import { Icon } from './icons';

interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
  link: { href: string; text: string } | undefined;
}

const toasts = signal<readonly Toast[]>([]);
let ids = 0;

export function toast(text: string, tone: Toast['tone'] = 'good', link?: Toast['link']) {
  const id = ++ids;
  toasts.value = [...toasts.value, { id, text, tone, link }].slice(-4);
  setTimeout(() => dismiss(id), tone === 'good' && !link ? 4000 : 9000);
}

function dismiss(id: number) {
  toasts.value = toasts.value.filter(one => one.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone, link }) => (
        <div class={`toast ${tone}`} key={id}>
          <Icon name={tone === 'good' ? 'check' : 'warning'} />
          <span>
            {text} {link && <a href={link.href} onClick={() => dismiss(id)}>{link.text}</a>}
          </span>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
