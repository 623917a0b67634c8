// The pages. A new one: a folder under pages/, a line here, and, where it has an address of its own, its first segment in pages.json,
// which tells the server that the address belongs to the page.
import type { ComponentType } from 'preact';
import type { IconName } from './ui/icons';
import { IssuesBadge } from './pages/issues/counts';

export interface PageProps {
  /** Segments of the address after the page's own. */
  rest: string[];
}

export interface Page {
  /** First segment of its address; empty for the overview. */
  path: string;
  label: string;
  icon: IconName;
  load: () => Promise<{ default: ComponentType<PageProps> }>;
  /** Beside its name in the navigation: how many things need attention. */
  badge?: ComponentType;
  /** On a phone it is behind More. */
  isRare?: boolean;
}

export const pages: readonly Page[] = [
  { path: '', label: 'Overview', icon: 'overview', load: () => import('./pages/overview') },
  { path: 'batches', label: 'Batches', icon: 'batches', load: () => import('./pages/batches') },
  { path: 'symbols', label: 'Symbols', icon: 'symbols', load: () => import('./pages/symbols') },
  { path: 'alerts', label: 'Alerts', icon: 'alerts', load: () => import('./pages/alerts') },
  { path: 'issues', label: 'Issues', icon: 'issues', load: () => import('./pages/issues'), badge: IssuesBadge },
  { path: 'imports', label: 'Imports', icon: 'imports', load: () => import('./pages/imports'), isRare: true },
  { path: 'reconciliation', label: 'Reconciliation', icon: 'reconciliation', load: () => import('./pages/reconciliation'), isRare: true },
  { path: 'set-up', label: 'Set-up', icon: 'setup', load: () => import('./pages/set-up'), isRare: true },
];
