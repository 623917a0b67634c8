// Returns of the months as a heat map. It is a table, so it is read as one, and a colour never says more than the figure in it.
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { monthName, nothing, signedFraction } from '../../format';
import { setQuery } from '../../router';
import { ReadState } from '../../ui/states';
import { CsvLink } from './csv-link';
import { instantOf, rangeOf } from './filters';

const months = Array.from({ length: 12 }, (_, i) => i + 1);

/** How strong the colour is: the square root keeps small months apart beside a large one. */
export function heat(value: number | null, strongest: number): string {
  if (value === null || value === 0 || strongest === 0) return 'transparent';
  const share = Math.round(10 + 40 * Math.sqrt(Math.min(1, Math.abs(value) / strongest)));
  return `color-mix(in srgb, var(--${value > 0 ? 'gain' : 'loss'}) ${share}%, transparent)`;
}

export function MonthlyReturns({ id, query }: { id: string; query: Query }) {
  const read = useApi('/api/v1/batches/{id}/charts/returns', { path: { id }, query: { ...query, by: 'month' } });
  const { data, stale } = read;
  const years = data ? [...data.years].reverse() : [];
  const strongest = Math.max(0, ...years.flatMap(year => year.months.map(value => Math.abs(value ?? 0))));
  const open = (year: number, month: number) =>
    setQuery({ ...rangeOf(Date.parse(instantOf(`${year}-${String(month).padStart(2, '0')}-01`, String(query['tz']))), 'month', query), view: 'ledger' }, { replace: false });
  return (
    <section class="card" aria-label="Monthly returns">
      <header>
        <h2>Monthly returns</h2>
        <CsvLink path="/api/v1/batches/{id}/charts/returns" id={id} query={{ ...query, by: 'month' }} />
      </header>
      <ReadState read={read} height={120} />
      {data && (
        <div class={`table-scroll${stale ? ' stale' : ''}`} tabIndex={0} role="region" aria-label="Monthly returns, table">
          <table
            class="heat"
            data-chart="returns"
            ref={element => {
              if (element) Object.assign(element, { drawn: () => data.years.map(year => ({ name: String(year.year), data: [...year.months, year.total] })) });
            }}
          >
            <thead>
              <tr>
                <th scope="col">Year</th>
                {months.map(month => (
                  <th key={month} scope="col" class="number">
                    {monthName(month)}
                  </th>
                ))}
                <th scope="col" class="number">
                  Year
                </th>
              </tr>
            </thead>
            <tbody>
              {years.map(({ year, months: values, total }) => (
                <tr key={year}>
                  <th scope="row">{year}</th>
                  {values.map((value, i) => (
                    <td key={i} class="number" style={{ background: heat(value, strongest) }}>
                      {value === null ? (
                        <span class="faint">{nothing}</span>
                      ) : (
                        <button type="button" class={`cell-button${value === 0 ? ' faint' : ''}`} title={`Trades of ${monthName(i + 1, 'long')} ${year}`} onClick={() => open(year, i + 1)}>
                          {signedFraction(value)}
                        </button>
                      )}
                    </td>
                  ))}
                  <td class="number total">{signedFraction(total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
