// Inputs whose value stands in the address. What is being typed stays as it is typed until it counts, whatever is drawn meanwhile; and the address has a
// number's plain digits, so that a link means the same number to everybody.
import type { AllHTMLAttributes } from 'preact';
import { useState } from 'preact/hooks';
import { digitsOf, shownDigits } from '../format';

type Rest = Omit<AllHTMLAttributes<HTMLInputElement>, 'value' | 'onInput' | 'onChange' | 'role' | 'size'>;

/** isLate: it counts when the reader is done with it, not with every key. */
export function TypedInput({
  value,
  read = text => text.trim(),
  show = value => value,
  isLate = false,
  onValue,
  ...rest
}: Rest & {
  value: string;
  /** What a text means. */
  read?: (text: string) => string;
  /** A value as it is shown before anything is typed. */
  show?: (value: string) => string;
  isLate?: boolean;
  onValue: (value: string) => void;
}) {
  const [typed, setTyped] = useState({ text: '', of: undefined as string | undefined });
  const count = (text: string) => {
    const means = read(text);
    setTyped({ text, of: means });
    if (means !== value) onValue(means);
  };
  return (
    <input
      {...(rest as object)}
      // Of another value it is no longer what was typed.
      value={typed.of === value ? typed.text : show(value)}
      onInput={event => (isLate ? setTyped({ text: event.currentTarget.value, of: value }) : count(event.currentTarget.value))}
      onChange={event => isLate && count(event.currentTarget.value)}
    />
  );
}

export function NumberInput(props: Omit<Parameters<typeof TypedInput>[0], 'read' | 'show'>) {
  return <TypedInput type="text" inputmode="decimal" autocomplete="off" {...props} read={digitsOf} show={shownDigits} />;
}
