// The parts of Apache ECharts that the page uses, and no others; loaded when the first chart is shown. Why this library: docs/decisions/0016.
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, AxisPointerComponent, DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, LineChart, AriaComponent, AxisPointerComponent, DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export { init };
