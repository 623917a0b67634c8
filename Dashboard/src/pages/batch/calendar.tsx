// A month of days: what each earned and how many trades closed in it. A click shows the trades of the day below.
import { useMemo } from 'preact/hooks';
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, dayName, monthTitle, signedCompactMoney, signedMoney, tone, weekdayName } from '../../format';
import { place, setQuery } from '../../router';
import { Icon } from '../../ui/icons';
import { ReadState } from '../../ui/states';
import { dayAfter, dayOf, instantOf, isDay } from './filters';
import { Ledger } from './ledger';
import { isMonth, plusMonths, weeksOf } from './month';
import { DayNote } from './notes';
import { heat } from './returns';

interface Day {
  profit: number;
  trades: number;
}

export function Calendar({ id, query, zone, onTrade }: { id: string; query: Query; zone: string; onTrade: (tradeId: string) => void }) {
  const asked = { path: { id }, query: { ...query, by: 'day', mode: 'absolute' } };
  const profits = useApi('/api/v1/batches/{id}/charts/capital', asked);
  const trades = useApi('/api/v1/batches/{id}/charts/trades', asked);
  const days = useMemo(() => {
    const known = new Map<string, Day>();
    const read = profits.data && trades.data ? profits.data : undefined;
    const counts = new Map(trades.data?.time.map((time, i) => [time, trades.data!.value[i]!]));
    read?.time.forEach((time, i) => known.set(dayOf(time, read.timeZone), { profit: read.value[i]!, trades: counts.get(time) ?? 0 }));
    return known;
  }, [profits.data, trades.data]);
  const notes = useApi('/api/v1/batches/{id}/day-notes', { path: { id } });
  const noted = new Set(notes.data?.items.map(one => one.day));
  const months = [...new Set([...days.keys()].map(day => day.slice(0, 7)))];
  const named = place.value.query.get('month');
  const month = isMonth(named) ? named : (months[months.length - 1] ?? dayOf(Date.now(), zone).slice(0, 7));
  const weeks = weeksOf(month);
  const chosen = place.value.query.get('day');
  const total = sumOf(weeks.flat(), days);
  const strongest = Math.max(0, ...weeks.flat().map(day => Math.abs((day && days.get(day)?.profit) || 0)));
  const go = (to: string) => setQuery({ month: to, day: null });
  const winning = weeks.flat().filter(day => day && (days.get(day)?.profit ?? 0) > 0).length;
  const losing = weeks.flat().filter(day => day && (days.get(day)?.profit ?? 0) < 0).length;
  return (
    <div class="stack">
      <section class="card" aria-label="Calendar">
        <header>
          <h2 aria-live="polite">{monthTitle(month)}</h2>
          <p class="calendar-sum">
            <b class={tone(total.profit)} data-figure="monthProfit">
              {signedMoney(total.profit)}
            </b>{' '}
            <span class="faint">
              {count(total.trades)} {total.trades === 1 ? 'trade' : 'trades'}, {count(winning)} winning and {count(losing)} losing {losing === 1 ? 'day' : 'days'}
            </span>
          </p>
          <button type="button" class="icon-button" aria-label="Month before" disabled={months.length === 0 || month <= months[0]!} onClick={() => go(plusMonths(month, -1))}>
            <Icon name="back" />
          </button>
          <select class="small search" aria-label="Month" value={month} onChange={event => go(event.currentTarget.value)}>
            {[...new Set([...months, month])].sort().reverse().map(one => (
              <option key={one} value={one}>
                {monthTitle(one)}
              </option>
            ))}
          </select>
          <button type="button" class="icon-button" aria-label="Month after" disabled={months.length === 0 || month >= months[months.length - 1]!} onClick={() => go(plusMonths(month, 1))}>
            <Icon name="chevron" />
          </button>
        </header>
        <ReadState read={profits.data ? trades : profits} height={420} />
        {profits.data && trades.data && (
          <div class={`table-scroll${profits.stale || trades.stale ? ' stale' : ''}`}>
            <table
              class="calendar"
              data-chart="calendar"
              ref={element => {
                if (element) Object.assign(element, { drawn: () => [{ name: 'Days', data: weeks.flat().filter(day => day && days.has(day)).map(day => [day, days.get(day!)!.profit, days.get(day!)!.trades]) }] });
              }}
            >
              <thead>
                <tr>
                  {[1, 2, 3, 4, 5, 6, 7].map(weekday => (
                    <th key={weekday} scope="col">
                      {weekdayName(weekday)}
                    </th>
                  ))}
                  <th scope="col" class="number calendar-week">
                    Week
                  </th>
                </tr>
              </thead>
              <tbody>
                {weeks.map(week => (
                  <tr key={week.find(Boolean)}>
                    {week.map((day, i) => (
                      <DayCell key={i} day={day} of={day === undefined ? undefined : days.get(day)} isChosen={day !== undefined && day === chosen} isNoted={day !== undefined && noted.has(day)} strongest={strongest} />
                    ))}
                    <WeekCell {...sumOf(week, days)} />
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {isDay(chosen) && <DayNote key={chosen} id={id} day={chosen} />}
      {isDay(chosen) && (
        <Ledger id={id} zone={zone} title={`Trades of ${dayName(chosen)}`} query={{ ...query, ...dayIn(chosen, zone, query) }} height={420} onTrade={onTrade} />
      )}
    </div>
  );
}

function DayCell({ day, of, isChosen, isNoted, strongest }: { day: string | undefined; of: Day | undefined; isChosen: boolean; isNoted: boolean; strongest: number }) {
  if (day === undefined) return <td class="beside" />;
  const date = Number(day.slice(8));
  const choose = () => setQuery({ day: isChosen ? null : day, month: day.slice(0, 7) }, { replace: false });
  const mark = isNoted && (
    <span class="calendar-noted" title="There is a note">
      <span class="visually-hidden">, with a note</span>
    </span>
  );
  // A day without trades may have a note all the same.
  if (!of || of.trades === 0)
    return (
      <td>
        <button type="button" class="calendar-day idle" data-key={`day-${day}`} aria-pressed={isChosen} onClick={choose}>
          <span class="visually-hidden">{dayName(day)}: no trades</span>
          <span class="calendar-date faint" aria-hidden="true">
            {date}
          </span>
          {mark}
        </button>
      </td>
    );
  return (
    <td style={{ background: heat(of.profit, strongest) }}>
      <button
        type="button"
        class="calendar-day"
        data-key={`day-${day}`}
        aria-pressed={isChosen}
        onClick={choose}
      >
        <span class="visually-hidden">{dayName(day)}: </span>
        <span class="calendar-date" aria-hidden="true">
          {date}
        </span>
        <b title={signedMoney(of.profit)}>{signedCompactMoney(of.profit)}</b>
        <small>
          {count(of.trades)} <span class="calendar-word">{of.trades === 1 ? 'trade' : 'trades'}</span>
        </small>
        {mark}
      </button>
    </td>
  );
}

function WeekCell({ profit, trades }: Day) {
  return (
    <td class="number calendar-week">
      {trades > 0 && (
        <>
          <b class={tone(profit)}>{signedCompactMoney(profit)}</b>
          <small class="faint">{count(trades)}</small>
        </>
      )}
    </td>
  );
}

function sumOf(shown: readonly (string | undefined)[], days: ReadonlyMap<string, Day>): Day {
  const sum = { profit: 0, trades: 0 };
  for (const day of shown) {
    const one = day === undefined ? undefined : days.get(day);
    if (one) [sum.profit, sum.trades] = [sum.profit + one.profit, sum.trades + one.trades];
  }
  return sum;
}

/** The day, cut where the view is. */
function dayIn(day: string, zone: string, view: Query): Query {
  const [from, to] = [instantOf(day, zone), instantOf(dayAfter(day), zone)];
  const [viewFrom, viewTo] = [String(view['from'] || from), String(view['to'] || to)];
  return { from: Date.parse(viewFrom) > Date.parse(from) ? viewFrom : from, to: Date.parse(viewTo) < Date.parse(to) ? viewTo : to };
}
