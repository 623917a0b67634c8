// Symbols: every one that alerts came for; and of one its prices, trades and profit.
import { useMemo } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { ago, count, instant, strategyName, timeframeName } from '../../format';
import type { PageProps } from '../../pages';
import { place, setQuery } from '../../router';
import { Empty, ReadState } from '../../ui/states';
import { testSymbol } from '../issues/counts';
import { OneSymbol } from './one';
import './symbols.css';

/** As many as the API gives at once. */
const most = 1000;
const searchedFrom = 9;

export default function Symbols({ rest }: PageProps) {
  const [symbol] = rest;
  return symbol === undefined ? <SymbolList /> : <OneSymbol key={symbol} symbol={symbol} />;
}

export const symbolHref = (symbol: string) => `/symbols/${encodeURIComponent(symbol)}`;

type Sort = 'symbol' | 'trades' | 'last';

const compare: Record<Sort, (a: Schema<'SeenSymbol'>, b: Schema<'SeenSymbol'>) => number> = {
  symbol: (a, b) => a.symbol.localeCompare(b.symbol),
  trades: (a, b) => b.trades - a.trades,
  last: (a, b) => (b.lastAlert ?? '').localeCompare(a.lastAlert ?? ''),
};

function SymbolList() {
  const read = useApi('/api/v1/symbols', { query: { limit: most } });
  const { data, stale } = read;
  const search = place.value.query.get('search') ?? '';
  const named = place.value.query.get('sort');
  const sort: Sort = named === 'trades' || named === 'last' ? named : 'symbol';
  const all = useMemo(() => (data?.items ?? []).filter(({ symbol }) => symbol !== testSymbol), [data]);
  const shown = useMemo(() => all.filter(({ symbol }) => symbol.includes(search.trim().toUpperCase())).sort(compare[sort]), [all, search, sort]);
  const head = (by: Sort, text: string, isNumber = false) => (
    <th scope="col" class={isNumber ? 'number' : ''} aria-sort={by === sort ? (by === 'symbol' ? 'ascending' : 'descending') : undefined}>
      <button type="button" class="sort" onClick={() => setQuery({ sort: by === 'symbol' ? null : by })}>
        {text} {by === sort && <span aria-hidden="true">{by === 'symbol' ? '↑' : '↓'}</span>}
      </button>
    </th>
  );
  return (
    <>
      <div class="page-head">
        <h1>Symbols</h1>
        {all.length >= searchedFrom && (
          <div class="actions">
            <input type="search" class="search" aria-label="Search symbols" placeholder="Search symbols" value={search} onInput={event => setQuery({ search: event.currentTarget.value })} />
          </div>
        )}
      </div>
      <ReadState read={read} height={320} />
      {data && shown.length === 0 && (
        <div class="card">
          <Empty icon="symbols" title={search ? 'No symbol matches' : 'No symbol yet'}>
            {!search && (
              <p>
                Symbols appear with their first alert. <a href="/set-up">Set up TradingView</a>.
              </p>
            )}
          </Empty>
        </div>
      )}
      {shown.length > 0 && (
        <div class={`card table-scroll${stale ? ' stale' : ''}`} tabIndex={0} role="region" aria-label="Symbols, table">
          <table class="rows">
            <thead>
              <tr>
                {head('symbol', 'Symbol')}
                <th scope="col">Timeframes</th>
                {all.some(({ strategies }) => strategies.some(Boolean)) && <th scope="col">Strategies</th>}
                {head('trades', 'Trades', true)}
                {head('last', 'Last alert')}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ symbol, timeframes, strategies, trades, lastAlert }) => (
                <tr key={symbol}>
                  <th scope="row">
                    <a href={symbolHref(symbol)}>{symbol}</a>
                  </th>
                  <td>{timeframes.map(timeframeName).join(', ')}</td>
                  {all.some(one => one.strategies.some(Boolean)) && <td>{strategies.map(strategyName).join(', ')}</td>}
                  <td class="number">{count(trades)}</td>
                  <td title={instant(lastAlert)}>{ago(lastAlert)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data?.cursor && <p class="hint">The first {count(most)} symbols are shown.</p>}
    </>
  );
}
