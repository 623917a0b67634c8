// Who is signed in. The session itself is a cookie that no script can read; the page only knows the role.
import { computed, signal } from '@preact/signals';

export type Role = 'viewer' | 'admin';

/** undefined: not known yet; null: nobody. */
export const role = signal<Role | null | undefined>(undefined);

/** Whether to show controls that change something. The API refuses a viewer in any case. */
export const isAdmin = computed(() => role.value === 'admin');

/** The session ended while the page was in use: the sign-in opens over it, so that nothing typed is lost. */
export const expired = signal(false);

// Only a hint, never a right: a first visit then sends no request that would be refused, a later one begins with the page while the session is still
// being confirmed, and other tabs notice a sign-out.
const hint = 'signed-in';

function remembered(): Role | null | undefined {
  try {
    const as = localStorage.getItem(hint);
    return as === null || as === 'viewer' || as === 'admin' ? as : undefined;
  } catch {
    return undefined;
  }
}

function remember(as: Role | null) {
  try {
    if (as) localStorage.setItem(hint, as);
    else localStorage.removeItem(hint);
  } catch {
    // Storage may be forbidden; then every visit asks before it begins.
  }
}

/** Whether the server said so since the page was opened. */
let isConfirmed = false;

/** Begins where the last visit ended; the server is asked meanwhile. */
export function resumeSession() {
  role.value = remembered();
}

let begun = 0;

/** How many sessions have begun on this page. */
export const sessions = () => begun;

export function sessionBegan(as: Role) {
  begun++;
  isConfirmed = true;
  remember(as);
  role.value = as;
  expired.value = false;
}

/** The server refused the session. */
export function sessionEnded() {
  if (role.value && isConfirmed) expired.value = true;
  else signedOut();
}

export function signedOut() {
  isConfirmed = false;
  remember(null);
  expired.value = false;
  role.value = null;
}

export function watchOtherTabs() {
  window.addEventListener('storage', event => {
    if (event.key === hint && event.newValue === null && role.value) signedOut();
  });
}
