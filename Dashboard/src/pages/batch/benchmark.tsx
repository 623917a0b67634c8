// The batch against simply holding what it trades, both from 0 %.
import { useCallback } from 'preact/hooks';
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { curvesByDay } from '../../charts/parts';
import { ratio, shortPercent, signedFraction, signedPercent, tone, wallClock } from '../../format';
import { place } from '../../router';
import { Defined } from '../../ui/hint';
import { ReadState } from '../../ui/states';
import { CsvLink } from './csv-link';
import './what-if.css';

const path = '/api/v1/batches/{id}/charts/benchmark' as const;
const height = 260;
const figuresHeight = 62;

export function Benchmark({ id, query }: { id: string; query: Query }) {
  const asked = { ...query, annualization: place.value.query.get('annualization') };
  const read = useApi(path, { path: { id }, query: asked });
  const { data, stale } = read;
  const option = useCallback(
    (colours: Palette) => {
      if (!data) return {};
      const clock = wallClock(data.timeZone);
      const points = (values: readonly (number | null)[]): [number, number | null][] => [
        ...(data.start ? [[clock(data.start.time) - 86_400_000, data.start.value] as [number, number]] : []),
        ...values.map((value, i): [number, number | null] => [clock(data.time[i]!), value]),
      ];
      return curvesByDay(
        colours,
        [
          { name: 'Batch', points: points(data.changePercentage), colour: colours.accent, width: 2 },
          { name: 'Buy & hold', points: points(data.benchmarkPercentage), colour: colours.series[2]!, width: 1.6 },
        ],
        signedPercent,
        shortPercent,
      );
    },
    [data],
  );
  const [own, held] = [data?.changePercentage, data?.benchmarkPercentage].map(values => values?.[values.length - 1]);
  return (
    <section class="card" aria-label="Against buy and hold">
      <header>
        <h2>Against buy &amp; hold</h2>
        <CsvLink compact path={path} id={id} query={asked} />
      </header>
      <ReadState read={read} height={height + figuresHeight} />
      {data && (
        <div class={stale ? 'stale' : ''}>
          <dl class="figures benchmark-figures">
            <div>
              <dt>
                <i class="what-if-line" aria-hidden="true" /> Batch
              </dt>
              <dd class={tone(own)} data-figure="batchChange">
                {signedPercent(own)}
              </dd>
            </div>
            <div>
              <dt>
                <i class="what-if-line held" aria-hidden="true" /> Buy &amp; hold
              </dt>
              <dd class={tone(held)} data-figure="heldChange">
                {signedPercent(held)}
              </dd>
            </div>
            <div>
              <dt>
                <Defined definition="What the batch earned in a year beyond what its share in the market's moves explains.">Alpha</Defined>
              </dt>
              <dd class={tone(data.alpha)} data-figure="alpha">
                {signedFraction(data.alpha)}
              </dd>
            </div>
            <div>
              <dt>
                <Defined definition="How far the batch moves with the market: 1 is as far, 0 not at all, below 0 against it.">Beta</Defined>
              </dt>
              <dd data-figure="beta">{ratio(data.beta)}</dd>
            </div>
          </dl>
          <Chart name="benchmark" height={height} label={`Return day by day: the batch ${signedPercent(own)}, buying and holding its symbols in equal parts ${signedPercent(held)}`} option={option} />
        </div>
      )}
    </section>
  );
}
