// Copies with one click; also where the page was opened without https and the browser offers no clipboard.
import { useRef, useState } from 'preact/hooks';
import { Icon } from '../../ui/icons';
import { toast } from '../../ui/toast';

export function Copy({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const copy = async () => {
    if (await toClipboard(text)) {
      setDone(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setDone(false), 2000);
      toast('Copied');
    } else {
      toast('The browser did not allow copying. Select the text and copy it yourself.', 'bad');
    }
  };
  return (
    <button type="button" class="button" aria-label={label} title={label} onClick={() => void copy()}>
      <Icon name={done ? 'check' : 'copy'} size={16} /> {done ? 'Copied' : 'Copy'}
    </button>
  );
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    area.setAttribute('readonly', '');
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}
