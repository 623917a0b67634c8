// Tells of trades as they open and close, wherever the reader is: a toast that leads to the trade, and a count in the title of a tab in the background.
import { useCallback, useEffect } from 'preact/hooks';
import { toast } from '../ui/toast';
import { useEvents, type LiveEvent } from './events';

interface Burst {
  opened: number;
  closed: number;
  last: { id: string; symbol: string } | undefined;
}

/** Under load there are hundreds a second: one toast for all that came in this time. */
const gatherMs = 1500;

/** Imported history is not news. */
const recentMs = 86_400_000;

const trades = (count: number) => `${count} ${count === 1 ? 'trade' : 'trades'}`;

/** What a toast says of a burst. */
export function textOf({ opened, closed, last }: Burst): string {
  if (opened + closed === 1) return `${last?.symbol ?? 'Trade'}: trade ${closed ? 'closed' : 'opened'}`;
  return [closed && `${trades(closed)} closed`, opened && `${trades(opened)} opened`].filter(Boolean).join(', ');
}

let burst: Burst | undefined;
let unseen = 0;

function showUnseen() {
  const title = document.title.replace(/^\(\d+\) /, '');
  document.title = unseen > 0 ? `(${unseen}) ${title}` : title;
}

export function TradeToasts() {
  useEvents(
    useCallback(({ name, data }: LiveEvent) => {
      const { tradeId, symbol, state, time } = data;
      if (name !== 'trade' || typeof tradeId !== 'string' || (state !== 'open' && state !== 'closed')) return;
      if (Date.now() - Date.parse(String(time)) > recentMs) return;
      if (!burst) {
        burst = { opened: 0, closed: 0, last: undefined };
        setTimeout(() => {
          const { last } = burst!;
          toast(textOf(burst!), 'good', last && { href: `/alerts?alert=${encodeURIComponent(last.id)}`, text: 'Show' });
          burst = undefined;
        }, gatherMs);
      }
      burst[state === 'open' ? 'opened' : 'closed']++;
      burst.last = { id: tradeId, symbol: String(symbol) };
      if (document.hidden) {
        unseen++;
        showUnseen();
      }
    }, []),
  );
  useEffect(() => {
    const seen = () => {
      if (document.hidden) return;
      unseen = 0;
      showUnseen();
    };
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, []);
  return null;
}
