// The currency that amounts are shown in: a code and decimals, kept in this browser. Nothing is converted.
import { signal } from '@preact/signals';

export interface Currency {
  /** Empty: amounts stand alone. */
  code: string;
  decimals: number;
}

export const decimalsMax = 8;
const byDefault: Currency = { code: '', decimals: 2 };
const key = 'currency';

/** A code as it is typed: letters and digits, at most eight of them (USDT, 1INCH). */
export const codeOf = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(0, 8);

/** Of what was stored, or the default of what is none. */
export function currencyOf(stored: unknown): Currency {
  const { code, decimals } = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<Record<keyof Currency, unknown>>;
  return {
    code: typeof code === 'string' ? codeOf(code) : byDefault.code,
    decimals: Number.isInteger(decimals) && (decimals as number) >= 0 && (decimals as number) <= decimalsMax ? (decimals as number) : byDefault.decimals,
  };
}

function read(): Currency {
  try {
    return currencyOf(JSON.parse(localStorage.getItem(key) ?? 'null'));
  } catch {
    return byDefault;
  }
}

/** Who writes an amount while drawing follows it. */
export const currency = signal(read());

export function setCurrency(changes: Partial<Currency>) {
  currency.value = currencyOf({ ...currency.value, ...changes });
  try {
    localStorage.setItem(key, JSON.stringify(currency.value));
  } catch {
    // Then it holds until the page is closed.
  }
}
