// Light, dark, or as the system has it. index.html sets what was chosen before anything is painted (public/theme.js).
import { computed, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const systemIsDark = signal(window.matchMedia('(prefers-color-scheme: dark)').matches);
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', event => (systemIsDark.value = event.matches));

const chosenBefore = document.documentElement.dataset['theme'];
export const theme = signal<Theme>(chosenBefore === 'light' || chosenBefore === 'dark' ? chosenBefore : 'system');

/** What is painted now: charts paint themselves and have to know. */
export const isDark = computed(() => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'));

export function setTheme(chosen: Theme) {
  theme.value = chosen;
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
  try {
    localStorage.setItem('theme', chosen);
  } catch {
    // Then it holds until the page is closed.
  }
}
