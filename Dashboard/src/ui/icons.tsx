// Drawn here: a handful of lines each, in the colour of the text around them.
import type { JSX } from 'preact';

const shapes = {
  overview: 'M3 12l4-5 4 3 6-7M3 17h14',
  batches: 'M3 5h14M3 10h14M3 15h14',
  alerts: 'M10 3a5 5 0 0 0-5 5v3l-1.5 3h13L15 11V8a5 5 0 0 0-5-5zM8.5 17h3',
  issues: 'M3 11l2-7h10l2 7v5H3zM3 11h4l1 2h4l1-2h4',
  imports: 'M10 3v9m-4-4l4 4 4-4M3 16h14',
  reconciliation: 'M4 7h10l-3-3M16 13H6l3 3',
  setup: 'M4 6h7m4 0h1M4 14h1m4 0h7M13 4v4M7 12v4',
  plus: 'M10 4v12M4 10h12',
  close: 'M5 5l10 10M15 5L5 15',
  edit: 'M4 16l1-4 8-8 3 3-8 8zM11 6l3 3',
  trash: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11M9 9v5M11 9v5',
  download: 'M10 3v9m-3.5-3.5L10 12l3.5-3.5M4 16h12',
  filter: 'M3 5h14l-5.5 6.5V16l-3 1v-5.5z',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M15.7 4.3l-1.4 1.4M5.7 14.3l-1.4 1.4',
  moon: 'M16 11.5A6.5 6.5 0 1 1 8.5 4a5 5 0 0 0 7.500 7.500z',
  system: 'M3 4h14v9H3zM7 17h6M10 13v4',
  out: 'M12 4H4v12h8M9 10h8m-3-3l3 3-3 3',
  share: 'M10 12V3m-3.500 3L10 3l3.500 3M5 9H4v8h12V9h-1',
  check: 'M4 10.500l4 4 8-9',
  warning: 'M10 3l8 14H2zM10 8v4M10 14.500v.5',
  info: 'M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15zM10 9v5M10 6v.5',
  copy: 'M7 7h9v10H7zM4 13V3h9',
  back: 'M12 5l-5 5 5 5',
  symbols: 'M6 4v3M6 13v3M4 7h4v6H4zM14 3v4M14 12v5M12 7h4v5h-4z',
  chevron: 'M7 5l5 5-5 5',
  more: 'M4 10h.1M10 10h.1M16 10h.1',
  search: 'M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM13 13l4 4',
  columns: 'M3 4h14v12H3zM8 4v12M12.500 4v12',
  refresh: 'M16 5v4h-4M4 15v-4h4M15.500 9A6 6 0 0 0 5 7M4.500 11A6 6 0 0 0 15 13',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
