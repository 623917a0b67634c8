// Who is signed in. The session itself is a cookie that no script reads; what the page knows is the role.
import { computed, signal } from '@preact/signals';

export type Role = 'viewer' | 'admin';

/** undefined: not known yet; null: nobody. */
export const role = signal<Role | null | undefined>(undefined);

/** Whether to show what changes something. The API refuses a viewer all the same. */
export const isAdmin = computed(() => role.value === 'admin');

/** Why the sign-in is shown where somebody was signed in. */
export const signInReason = signal('');

// Only a hint, so that a first visit asks for nothing that is refused; and so that other tabs notice.
const hint = 'signed-in';

export function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(hint) === 'yes';
  } catch {
    return true;
  }
}

function keep(signedIn: boolean) {
  try {
    if (signedIn) localStorage.setItem(hint, 'yes');
    else localStorage.removeItem(hint);
  } catch {
    // Storage may be forbidden; then every visit asks.
  }
}

export function sessionBegan(as: Role) {
  keep(true);
  signInReason.value = '';
  role.value = as;
}

/** The server knows the session no more. */
export function sessionEnded() {
  if (role.value) signInReason.value = 'Your session has ended. Sign in to go on where you were.';
  keep(false);
  role.value = null;
}

export function signedOut() {
  keep(false);
  signInReason.value = '';
  role.value = null;
}

export function watchOtherTabs() {
  window.addEventListener('storage', event => {
    if (event.key === hint && event.newValue === null && role.value) signedOut();
  });
}
