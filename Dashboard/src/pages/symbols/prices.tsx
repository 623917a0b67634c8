// The prices that the alerts of a symbol told, with the entries and exits of its trades.
import { useCallback, useMemo } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { Chart, expectCharts, type Point } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { numberLabel, timeAxis, tooltip, tooltipOf, valueAxis, zoom } from '../../charts/parts';
import { count, exact, ofWallClock, wallClock } from '../../format';
import { Empty } from '../../ui/states';
import { markersOf, pricesOf, type Mark } from './markers';

expectCharts();

const height = 360;

export function Prices({
  alerts,
  trades,
  zone,
  stale,
  isPart,
  onTrade,
}: {
  alerts: readonly Schema<'Alert'>[];
  trades: readonly Schema<'Trade'>[];
  zone: string;
  stale: boolean;
  isPart: boolean;
  onTrade: (tradeId: string) => void;
}) {
  const prices = useMemo(() => pricesOf(alerts), [alerts]);
  const markers = useMemo(() => markersOf(trades, prices[0]?.[0] ?? Infinity), [trades, prices]);
  const option = useCallback(
    (colours: Palette) => {
      const clock = wallClock(zone);
      const marks = (name: string, of: readonly Mark[], colour: string, symbol: string, offset = 0, symbolRotate = 0) => ({
        name,
        type: 'line',
        color: colour,
        symbol,
        symbolRotate,
        symbolSize: 8,
        symbolOffset: [0, offset],
        showSymbol: true,
        // Marks are no line. An entry is beside its price, for an exit may be there, too.
        lineStyle: { width: 0 },
        emphasis: { disabled: true },
        data: of.map(mark => [clock(mark.time), mark.price]),
      });
      return {
        grid: { left: 4, right: 12, top: 12, bottom: 36, containLabel: true },
        xAxis: timeAxis(colours, { minInterval: 3_600_000 }),
        yAxis: valueAxis(colours, numberLabel),
        dataZoom: zoom(colours, true),
        tooltip: tooltip(colours, points => {
          const [at] = points;
          if (!at) return '';
          return tooltipOf(
            ofWallClock((at.value as [number, number])[0], { dateStyle: 'medium', timeStyle: 'short' }),
            points.map(point => ({ name: point.seriesName, value: exact((point.value as [number, number])[1]), colour: point.color })),
          );
        }),
        series: [
          {
            name: 'Price',
            type: 'line',
            color: colours.faint,
            showSymbol: prices.length === 1,
            lineStyle: { width: 1.4 },
            emphasis: { disabled: true },
            data: prices.map(([time, price]) => [clock(time), price]),
          },
          marks('Enter long', markers.long, colours.long, 'triangle', 9),
          marks('Enter short', markers.short, colours.short, 'triangle', -9, 180),
          marks('Exit with a profit', markers.win, colours.gain, 'circle'),
          marks('Exit with a loss', markers.lose, colours.loss, 'diamond'),
        ],
      };
    },
    [prices, markers, zone],
  );
  if (prices.length === 0) return <Empty icon="alerts" title="No price in this selection" />;
  const open = ({ index }: Point) => {
    const time = prices[index]?.[0];
    // What happened there: the trade that left, or the one that entered.
    const mark = [...markers.win, ...markers.lose, ...markers.long, ...markers.short].find(one => one.time === time);
    if (mark) onTrade(mark.tradeId);
  };
  return (
    <div class={stale ? 'stale' : ''}>
      <Chart
        name="symbol-prices"
        height={height}
        label={`Prices of ${count(prices.length)} alerts, from ${exact(prices[0]![1])} to ${exact(prices[prices.length - 1]![1])}, with ${count(markers.long.length + markers.short.length)} entries and ${count(markers.win.length + markers.lose.length)} exits`}
        option={option}
        onPoint={open}
      />
      <p class="hint chart-hint">
        {isPart ? `The last ${count(alerts.length)} alerts. ` : ''}Prices are those of the alerts; between them nothing is known. Click a point to see its trade.
      </p>
    </div>
  );
}
