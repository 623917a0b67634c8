// Profit by weekday and hour of the exit: a table, so that it is read as one; its colours never say more than its figures.
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, signedCompactMoney, signedMoney, weekdayName } from '../../format';
import { ReadState } from '../../ui/states';
import { CsvLink } from './csv-link';
import { heat } from './returns';

const path = '/api/v1/batches/{id}/breakdown' as const;
const weekdays = [1, 2, 3, 4, 5, 6, 7];
const hours = Array.from({ length: 24 }, (_, hour) => hour);

export function HourMap({ id, query }: { id: string; query: Query }) {
  const by = ['weekday', 'hour'];
  const read = useApi(path, { path: { id }, query: { ...query, by } });
  const { data, stale } = read;
  const groups = new Map((data?.groups ?? []).map(group => [String(group.key), group]));
  const strongest = Math.max(0, ...(data?.groups ?? []).map(group => Math.abs(group.pnl)));
  return (
    <section class="card" aria-label="Profit by weekday and hour">
      <header>
        <h3>Profit by weekday and hour</h3>
        <CsvLink compact path={path} id={id} query={{ ...query, by }} />
      </header>
      <ReadState read={read} height={250} />
      {data && (
        <div class={`table-scroll${stale ? ' stale' : ''}`} tabIndex={0} role="region" aria-label="Profit by weekday and hour, table">
          <table
            class="heat hour-map"
            data-chart="breakdown-weekday-hour"
            ref={element => {
              if (element) Object.assign(element, { drawn: () => [{ name: 'Profit', data: data.groups.map(group => [String(group.key), group.pnl]) }] });
            }}
          >
            <thead>
              <tr>
                <th scope="col">
                  <span class="visually-hidden">Weekday</span>
                </th>
                {hours.map(hour => (
                  <th key={hour} scope="col" class="number">
                    {hour}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {weekdays.map(weekday => (
                <tr key={weekday}>
                  <th scope="row">{weekdayName(weekday)}</th>
                  {hours.map(hour => {
                    const group = groups.get(`${weekday},${hour}`);
                    return (
                      <td key={hour} class="number" style={{ background: heat(group?.pnl ?? null, strongest) }} title={group && `${signedMoney(group.pnl)} of ${count(group.trades)} ${group.trades === 1 ? 'trade' : 'trades'}`}>
                        {group && signedCompactMoney(group.pnl)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
