// Short news of what the reader did, at the edge of the page; read out by screen readers.
import { signal } from '@preact/signals';
import { Icon } from './icons';

interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
}

const toasts = signal<readonly Toast[]>([]);
let ids = 0;

export function toast(text: string, tone: 'good' | 'bad' = 'good') {
  const id = ++ids;
  toasts.value = [...toasts.value, { id, text, tone }].slice(-4);
  setTimeout(() => dismiss(id), tone === 'good' ? 4000 : 9000);
}

function dismiss(id: number) {
  toasts.value = toasts.value.filter(one => one.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone }) => (
        <div class={`toast ${tone}`} key={id}>
          <Icon name={tone === 'good' ? 'check' : 'warning'} />
          <span>{text}</span>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
