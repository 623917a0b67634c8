import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { Sparkline } from '../../charts/sparkline';
import { count, fraction, moneyWithCode, percent, signedMoney, signedPercent, tone } from '../../format';
import { Progress } from '../batches/progress';

/** Points of the small curve: one every few pixels. */
const sparkPoints = 80;

export function BatchCard({ batch }: { batch: Schema<'Batch'> }) {
  const { id, name, summary, ledger } = batch;
  const { place, seen } = useSeen();
  const curve = useApi(
    '/api/v1/batches/{id}/charts/capital',
    seen && ledger.trades > 0 ? { path: { id }, query: { by: 'trade', mode: 'cumulative', points: sparkPoints } } : null,
  );
  return (
    <article class="card batch-card" ref={place} data-batch={id}>
      <header>
        <h2>
          <a href={`/batches/${id}`}>{name}</a>
        </h2>
        {summary.openTrades > 0 && <span class="pill accent">{count(summary.openTrades)} open</span>}
      </header>
      <p class="symbols-line faint" title={batch.symbols.join(', ')}>
        {batch.symbols.join(' · ')}
      </p>
      <div class="headline">
        <span class="figure" data-figure="availableCapital">
          {moneyWithCode(summary.availableCapital)}
        </span>
        <span class={`change ${tone(summary.pnl)}`} title={`Profit ${signedMoney(summary.pnl)}`} data-figure="changePercentage">
          {signedPercent(summary.changePercentage)}
        </span>
      </div>
      <div class="spark">{curve.data && <Sparkline values={[...(curve.data.start ? [curve.data.start.value] : []), ...curve.data.value]} label={`Balance after each of ${count(ledger.trades)} trades`} />}</div>
      {ledger.state === 'building' ? (
        <Progress ledger={ledger} />
      ) : (
        <dl class="small-figures">
          <Figure name="Drawdown" value={percent(summary.drawdownPercentage)} />
          <Figure name="Max drawdown" value={percent(summary.maxDrawdownPercentage)} />
          <Figure name="Win rate" value={fraction(summary.winRate)} />
          <Figure name="Trades" value={count(ledger.trades)} />
        </dl>
      )}
      {ledger.ruined && <p class="pill bad">Account blown (balance 0)</p>}
      {ledger.capped && <p class="pill warn">Balance limit reached</p>}
    </article>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Whether the card has come into view: a hundred curves are not requested at once. */
function useSeen() {
  const place = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) {
          setSeen(true);
          observer.disconnect();
        }
      },
      { rootMargin: '300px' },
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return { place, seen };
}
