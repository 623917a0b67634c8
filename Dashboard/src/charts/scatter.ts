// Points of a scatter chart; apart, for few views have any.
import { ScatterChart } from 'echarts/charts';
import { use } from 'echarts/core';

use([ScatterChart]);
