// Who is signed in. The session itself is a cookie that no script can read; the page only knows the role.
import { computed, signal } from '@preact/signals';

export type Role = 'viewer' | 'admin';

/** undefined: not known yet; null: nobody. */
export const role = signal<Role | null | undefined>(undefined);

/** Whether to show controls that change something. The API refuses a viewer in any case. */
export const isAdmin = computed(() => role.value === 'admin');

/** The session ended while the page was in use: the sign-in opens over it, so that nothing typed is lost. */
export const expired = signal(false);

// Only a hint: a first visit then sends no request that would be refused, and other tabs notice a sign-out.
const hint = 'signed-in';

export function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(hint) === 'yes';
  } catch {
    return true;
  }
}

function remember(signedIn: boolean) {
  try {
    if (signedIn) localStorage.setItem(hint, 'yes');
    else localStorage.removeItem(hint);
  } catch {
    // Storage may be forbidden; then every visit asks.
  }
}

let begun = 0;

/** How many sessions have begun on this page. */
export const sessions = () => begun;

export function sessionBegan(as: Role) {
  begun++;
  remember(true);
  role.value = as;
  expired.value = false;
}

/** The server refused the session. */
export function sessionEnded() {
  if (role.value) expired.value = true;
  else signedOut();
}

export function signedOut() {
  remember(false);
  expired.value = false;
  role.value = null;
}

export function watchOtherTabs() {
  window.addEventListener('storage', event => {
    if (event.key === hint && event.newValue === null && role.value) signedOut();
  });
}
