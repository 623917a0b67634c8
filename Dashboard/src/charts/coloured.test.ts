import * as echarts from 'echarts/core';
import { LineChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent, VisualMapPiecewiseComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { expect, it } from 'vitest';
import type { Palette } from './palette';
import { colouredAround } from './parts';

echarts.use([LineChart, GridComponent, DataZoomComponent, VisualMapPiecewiseComponent, SVGRenderer]);

const palette = { gain: 'rgb(1, 2, 3)', loss: 'rgb(9, 8, 7)' } as Palette;

it.each([
  ['above and below', 100, [90, 110, 95], ['1, 2, 3', '9, 8, 7']],
  ['always above', 100, [101, 110, 105], ['1, 2, 3']],
  ['always below', 100, [99, 90, 95], ['9, 8, 7']],
  ['level', 100, [100, 100], ['1, 2, 3']],
  ['around nothing', 0, [-5, 5], ['1, 2, 3', '9, 8, 7']],
  ['all lost', 100, [50, 0, 0], ['9, 8, 7']],
])('a curve that is %s of its start is drawn, in the colours for it', (_, level, values, expected) => {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 200 });
  chart.setOption({
    animation: false,
    xAxis: { type: 'value' },
    yAxis: { type: 'value', scale: true },
    dataZoom: [{ type: 'inside', start: 0, end: 100 }],
    visualMap: colouredAround(level, values, palette),
    series: [{ type: 'line', data: values.map((value, i) => [i, value]), areaStyle: { origin: level } }],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  for (const colour of expected) expect(svg.replace(/,\s*/g, ', ')).toContain(colour);
});
