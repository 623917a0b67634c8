// How the page is painted: light, dark or as the system has it; and the colours of profit and loss. Kept in this browser; public/theme.js sets both
// before anything is painted.
import { computed, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
export type MoneyColours = 'green-up' | 'red-up' | 'blue-orange';

const root = document.documentElement;
const systemIsDark = signal(window.matchMedia('(prefers-color-scheme: dark)').matches);
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', event => (systemIsDark.value = event.matches));

function stored<Value extends string>(name: 'theme' | 'money', values: readonly Value[], byDefault: Value) {
  const before = root.dataset[name] as Value;
  const chosen = signal<Value>(values.includes(before) ? before : byDefault);
  const set = (value: Value) => {
    // First the attribute: what follows the signal reads colours from the style.
    if (value === byDefault) delete root.dataset[name];
    else root.dataset[name] = value;
    chosen.value = value;
    try {
      localStorage.setItem(name, value);
    } catch {
      // Then it holds until the page is closed.
    }
  };
  return [chosen, set] as const;
}

export const [theme, setTheme] = stored<Theme>('theme', ['system', 'light', 'dark'], 'system');
export const [moneyColours, setMoneyColours] = stored<MoneyColours>('money', ['green-up', 'red-up', 'blue-orange'], 'green-up');

/** What is painted now: charts paint themselves and have to know. */
export const isDark = computed(() => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'));
