// A file for the API: dropped or chosen, and sent as it is, with progress.
import { useRef, useState } from 'preact/hooks';
import { Problem, problemOf } from '../api/client';
import { count } from '../format';
import { sessionEnded } from '../session';
import { Icon } from './icons';
import './file-drop.css';

/** Where a file is dropped or, without a mouse, chosen. */
export function FileDrop({ label, hint, accept, file, onFile }: { label: string; hint: string; accept: string; file: File | undefined; onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div
      class={`file-drop${over ? ' over' : ''}`}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        const [dropped] = event.dataTransfer?.files ?? [];
        if (dropped) onFile(dropped);
      }}
    >
      <Icon name="imports" size={26} />
      <div>
        <p class="file-drop-name">{file ? file.name : label}</p>
        <p class="hint">{file ? fileSize(file.size) : hint}</p>
      </div>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept={accept}
        aria-label={label}
        onChange={event => {
          const [chosen] = event.currentTarget.files ?? [];
          if (chosen) onFile(chosen);
          // The same file can be chosen again after a change.
          event.currentTarget.value = '';
        }}
      />
      <button type="button" class="button" onClick={() => input.current?.click()}>
        {file ? 'Choose another file' : 'Choose a file'}
      </button>
    </div>
  );
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${count(bytes)} bytes`;
  const [unit, size] = bytes < 1_000_000 ? (['kB', 1000] as const) : (['MB', 1_000_000] as const);
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(bytes / size)} ${unit}`;
}

/**
 * Posts a file; the answer's text, or a Problem thrown. By XMLHttpRequest, because fetch does not report how much of a body is sent.
 * onSent: 0 to 1.
 */
export function postFile(address: string, file: File, onSent: (share: number) => void = () => {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = event => onSent(event.total > 0 ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(request.responseText);
        return;
      }
      if (request.status === 401) sessionEnded();
      reject(problemOf(request.status, readJson(request.responseText)));
    };
    request.onerror = () => reject(new Problem(0, 'The file was not sent.', 'The connection was lost, or the file changed while it was being read. Choose it again.'));
    request.send(file);
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
