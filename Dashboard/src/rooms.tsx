// The rooms of the page. A new one: a folder under rooms/, a line here, and, where it has an address of its own, its first segment in rooms.json,
// which tells the server that the address is the page's.
import type { ComponentType } from 'preact';
import type { IconName } from './ui/icons';
import { InboxBadge } from './rooms/inbox/waiting';

export interface RoomProps {
  /** Segments of the address after the room's own. */
  rest: string[];
}

export interface Room {
  /** First segment of its address; empty for the overview. */
  path: string;
  label: string;
  icon: IconName;
  load: () => Promise<{ default: ComponentType<RoomProps> }>;
  /** Beside its name in the navigation: how many things wait there. */
  badge?: ComponentType;
}

export const rooms: readonly Room[] = [
  { path: '', label: 'Overview', icon: 'overview', load: () => import('./rooms/overview') },
  { path: 'batches', label: 'Batches', icon: 'batches', load: () => import('./rooms/batches') },
  { path: 'alerts', label: 'Alerts', icon: 'alerts', load: () => import('./rooms/alerts') },
  { path: 'inbox', label: 'Inbox', icon: 'inbox', load: () => import('./rooms/inbox'), badge: InboxBadge },
  { path: 'imports', label: 'Imports', icon: 'imports', load: () => import('./rooms/imports') },
  { path: 'reconciliation', label: 'Reconciliation', icon: 'reconciliation', load: () => import('./rooms/reconciliation') },
  { path: 'set-up', label: 'Set-up', icon: 'setup', load: () => import('./rooms/set-up') },
];
