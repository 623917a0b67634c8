// The colours of the page, for what paints itself. styles/tokens.css defines them; here they are read from it.
import { isDark, moneyColours } from '../theme';

const names = ['text', 'faint', 'line', 'surface', 'accent', 'gain', 'loss', 'neutral', 'warn', 'long', 'short'] as const;

export type Palette = Record<(typeof names)[number], string> & {
  font: string;
  /** Lines of several batches, apart in hue and lightness. */
  series: string[];
};

let known: { key: string; palette: Palette } | undefined;

/** A component that reads it follows the theme. */
export function palette(): Palette {
  const key = `${isDark.value} ${moneyColours.value}`;
  if (known?.key === key) return known.palette;
  const probe = document.createElement('span');
  document.body.append(probe);
  // Resolved by the browser, so that tokens may be light-dark() or name one another.
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  known = {
    key,
    palette: {
      ...(Object.fromEntries(names.map(name => [name, colour(name)])) as Record<(typeof names)[number], string>),
      font: getComputedStyle(document.documentElement).getPropertyValue('--font').trim(),
      series: Array.from({ length: 8 }, (_, i) => colour(`series-${i + 1}`)),
    },
  };
  probe.remove();
  return known.palette;
}
