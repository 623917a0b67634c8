// A small line without axes: the shape of an equity curve. Drawn as SVG, for there may be a hundred of them.
const width = 240;
const height = 56;

/** The path of values, the lowest at the bottom, equally far apart. */
export function sparkPath(values: readonly number[], w = width, h = height, pad = 3): { line: string; area: string } {
  if (values.length === 0) return { line: '', area: '' };
  // One value is a level.
  const all = values.length === 1 ? [values[0]!, values[0]!] : values;
  const low = Math.min(...all);
  const span = Math.max(...all) - low;
  const at = (value: number) => (span === 0 ? h / 2 : h - pad - ((value - low) / span) * (h - 2 * pad));
  const line = all.map((value, i) => `${i === 0 ? 'M' : 'L'}${((i / (all.length - 1)) * w).toFixed(1)} ${at(value).toFixed(1)}`).join('');
  return { line, area: `${line}L${w} ${h}L0 ${h}Z` };
}

export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const { line, area } = sparkPath(values);
  const falls = values.length > 1 && values[values.length - 1]! < values[0]!;
  return (
    <svg class={`sparkline ${falls ? 'loss' : 'gain'}`} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={area} class="area" />
      <path d={line} class="line" vector-effect="non-scaling-stroke" />
    </svg>
  );
}
