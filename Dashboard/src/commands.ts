// What the command palette offers for the letters typed. Pure.

export interface Command {
  name: string;
  /** Page, Batch, … */
  kind: string;
  run: () => void;
}

const shownAtMost = 40;

/** Every word must be somewhere in the name or the kind; names that begin with the text come first. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter(({ name, kind }) => words.every(word => `${name} ${kind}`.toLowerCase().includes(word)));
  const rank = ({ name }: Command) => (name.toLowerCase().startsWith(text.trim().toLowerCase()) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, shownAtMost);
}
