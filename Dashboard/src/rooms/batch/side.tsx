/** Long or short, in a word and a colour. */
export function Side({ side }: { side: string }) {
  return <span class={`pill ${side === 'long' ? 'good' : 'bad'}`}>{side === 'long' ? 'Long' : side === 'short' ? 'Short' : side}</span>;
}
