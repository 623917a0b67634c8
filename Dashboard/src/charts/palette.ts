// The colours of the page, for what paints itself. They stand in styles/tokens.css; here they are read from there.
import { isDark } from '../theme';

export interface Palette {
  text: string;
  faint: string;
  line: string;
  surface: string;
  accent: string;
  gain: string;
  loss: string;
  neutral: string;
  font: string;
  /** Lines of several batches, apart in hue and lightness. */
  series: string[];
}

let known: { dark: boolean; theme: string | undefined; palette: Palette } | undefined;

/** Reading it in a component makes the component follow the theme. */
export function palette(): Palette {
  const dark = isDark.value;
  const theme = document.documentElement.dataset['theme'];
  if (known?.dark === dark && known.theme === theme) return known.palette;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  known = {
    dark,
    theme,
    palette: {
      text: colour('text'),
      faint: colour('faint'),
      line: colour('line'),
      surface: colour('surface'),
      accent: colour('accent'),
      gain: colour('gain'),
      loss: colour('loss'),
      neutral: colour('neutral'),
      font: colour('font'),
      series: Array.from({ length: 8 }, (_, i) => colour(`series-${i + 1}`)),
    },
  };
  return known.palette;
}
