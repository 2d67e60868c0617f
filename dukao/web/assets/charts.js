// Draws the charts that the page describes as data. Loaded only where a page has one.

import * as echarts from 'echarts/core';
import {BarChart, LineChart, MapChart} from 'echarts/charts';
import {AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent} from 'echarts/components';
import {SVGRenderer} from 'echarts/renderers';

echarts.use([
  AriaComponent, BarChart, GridComponent, LegendComponent, LineChart, MapChart, SVGRenderer, TooltipComponent,
  VisualMapComponent,
]);

const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

const tooltip = lines => {
  const box = document.createElement('div');
  for (const [className, text] of lines) box.append(element('p', className, text));
  return box;
};

// A value as the axis and the legend write it: in the 万 or 亿 that the page has chosen.
const scaled = ({scale}, value) => (value / 10 ** scale.power).toLocaleString('en-US', {maximumFractionDigits: 2});

const valueAxis = spec => ({
  type: 'value', splitLine: {lineStyle: {color: token('--line')}},
  axisLabel: {hideOverlap: true, formatter: value => scaled(spec, value)},
});

// More of what should be little is not painted in the colour of what should be much.
const SHADES = {up: ['#deedec', '#0b5c5e'], down: ['#fbecd2', '#8a5200'], none: ['#e4e9f1', '#38537a']};

const HATCHED = {
  svgElement: {tag: 'g', attrs: {}, key: 'hatched', children: [
    {tag: 'rect', attrs: {width: 8, height: 8, fill: '#f3f5f7'}, key: 'ground'},
    {tag: 'path', attrs: {d: 'M-2 2 2-2M0 8 8 0M6 10 10 6', stroke: '#aeb6c0', 'stroke-width': 1.2}, key: 'lines'},
  ]},
  svgWidth: 8, svgHeight: 8,
};

const common = () => ({
  animation: !isStill,
  animationDuration: 300,
  textStyle: {fontFamily: token('--font'), color: token('--ink-soft')},
  aria: {enabled: false},  // the figure has its own label and a table beside it
});

const tipStyle = () => ({
  backgroundColor: token('--paper'), borderColor: token('--line'), padding: [8, 12],
  textStyle: {color: token('--ink'), fontSize: 14},
});

const areaTip = areas => params => {
  const area = areas.find(one => one.code === params.name || one.name === params.name);
  return area ? tooltip([['tip-title', area.name], ['tip-value', area.text]]) : '';
};

const goDown = (chart, areas) => chart.on('click', params => {
  const area = areas.find(one => one.code === params.name || one.name === params.name);
  if (area) location.href = area.href;
});

const LEGEND = 48;

const drawMap = async (chart, spec) => {
  const name = `map:${spec.url}`;
  if (!echarts.getMap(name)) {
    const answer = await fetch(spec.url, {credentials: 'same-origin'});
    if (!answer.ok) throw new Error(`map: ${answer.status}`);
    echarts.registerMap(name, await answer.json());
  }
  if (!chart.getWidth()) return;  // drawn when it gets room
  const names = new Map(spec.areas.map(area => [area.code, area.name]));
  const values = spec.areas.map(area => area.value).filter(value => value !== null);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  chart.setOption({
    ...common(),
    tooltip: {...tipStyle(), formatter: areaTip(spec.areas)},
    visualMap: {
      // A range of one value would colour what is unknown, too.
      min: lowest === highest ? lowest - 1 : lowest, max: highest, inRange: {color: SHADES[spec.direction]},
      show: lowest < highest,
      orient: 'horizontal', left: 'center', bottom: 0, itemWidth: 12, itemHeight: 140, precision: 0, hoverLink: false,
      text: [`${scaled(spec, highest)} ${spec.scale.unit}`, `${scaled(spec, lowest)} ${spec.scale.unit}`], textStyle: {color: token('--ink-soft')},
    },
    series: [{
      type: 'map', map: name, nameProperty: 'name', selectedMode: false, aspectScale: 0.68,
      // Below it stands the legend; the land keeps its shape.
      layoutCenter: ['50%', (chart.getHeight() - LEGEND) / 2], layoutSize: Math.min(chart.getWidth(), chart.getHeight() - LEGEND),
      data: spec.areas.map(area => ({name: area.code, value: area.value ?? NaN})),
      itemStyle: {areaColor: HATCHED, borderColor: token('--paper'), borderWidth: 1.5},
      label: {
        show: true, fontSize: 12, color: token('--ink'), formatter: params => names.get(params.name) ?? '',
        textBorderColor: '#fff', textBorderWidth: 3,
      },
      emphasis: {itemStyle: {areaColor: '#f2c14e'}, label: {color: token('--ink')}},
    }],
  });
  nameWhatFits(chart, spec, echarts.getMap(name).geoJSON.features);
};

// Where names would lie over each other the larger area keeps its own; the others tell theirs when touched.
const nameWhatFits = (chart, spec, features) => {
  const names = new Map(spec.areas.map(area => [area.code, area.name]));
  const width = feature => {
    const xs = feature.geometry.coordinates.flat(2).map(([x]) => x);
    return Math.max(...xs) - Math.min(...xs);
  };
  const taken = [];
  const named = new Set();
  for (const {properties} of [...features].sort((a, b) => width(b) - width(a))) {
    const [x, y] = chart.convertToPixel({seriesIndex: 0}, properties.cp);
    const half = (names.get(properties.name)?.length ?? 0) * 6.5;
    if (taken.some(one => Math.abs(one.x - x) < one.half + half && Math.abs(one.y - y) < 17)) continue;
    taken.push({x, y, half});
    named.add(properties.name);
  }
  chart.setOption({series: [{data: spec.areas.map(area => (
    {name: area.code, value: area.value ?? NaN, label: {show: named.has(area.code)}}
  ))}]});
};

const drawBars = (chart, spec) => {
  const areas = spec.areas.filter(area => area.value !== null);
  chart.setOption({
    ...common(),
    tooltip: {...tipStyle(), trigger: 'item', formatter: areaTip(areas)},
    grid: {left: 0, right: 24, top: 8, bottom: 28, containLabel: true},
    xAxis: {...valueAxis(spec), name: spec.scale.unit, nameLocation: 'middle', nameGap: 28},
    yAxis: {
      type: 'category', inverse: true, data: areas.map(area => area.name), axisTick: {show: false},
      axisLine: {lineStyle: {color: token('--line-strong')}}, axisLabel: {color: token('--ink')},
    },
    series: [{
      type: 'bar', data: areas.map(area => ({name: area.name, value: area.value})), barMaxWidth: 16,
      itemStyle: {color: token('--accent'), borderRadius: [0, 3, 3, 0]},
      emphasis: {itemStyle: {color: token('--accent-strong')}},
    }],
  });
};

const drawTrend = (chart, spec) => chart.setOption({
  ...common(),
  tooltip: {
    ...tipStyle(), trigger: 'axis', axisPointer: {type: 'line'},
    formatter: ([{dataIndex: at}]) => tooltip([
      ['tip-title', spec.labels[at]],
      ['tip-value', `${spec.names[0]} ${spec.texts[at][0]}`],
      ['tip-value tip-before', `${spec.names[1]} ${spec.texts[at][1]}`],
    ]),
  },
  legend: {bottom: 0, icon: 'roundRect', itemWidth: 18, itemHeight: 4, textStyle: {color: token('--ink-soft')}},
  grid: {left: 0, right: 16, top: 34, bottom: 34, containLabel: true},
  xAxis: {
    type: 'category', boundaryGap: false, data: spec.labels, axisTick: {show: false},
    axisLine: {lineStyle: {color: token('--line-strong')}}, axisLabel: {hideOverlap: true},
  },
  yAxis: {
    ...valueAxis(spec), scale: true, name: spec.scale.unit, nameTextStyle: {align: 'left', color: token('--ink-soft')},
    nameLocation: 'end', nameGap: 14,
  },
  series: [
    {
      name: spec.names[1], type: 'line', data: spec.before, symbol: 'none', connectNulls: false, z: 1,
      lineStyle: {color: '#9aa7b4', width: 2, type: 'dashed'}, itemStyle: {color: '#9aa7b4'},
    },
    {
      name: spec.names[0], type: 'line', data: spec.now, symbol: 'circle', symbolSize: 7, connectNulls: false, z: 2,
      lineStyle: {color: token('--accent'), width: 2.5}, itemStyle: {color: token('--accent')},
    },
  ],
});

// Figures that live.js has just heard of: the charts that show them are drawn again.
const move = (chart, spec, cells) => {
  const told = (key, value) => (key in cells && cells[key].raw !== null ? Number(cells[key].raw) : value);
  if (spec.kind === 'trend') {
    const last = spec.now.length - 1;
    const value = told(spec.figure, spec.now[last]);
    if (value === spec.now[last]) return;
    spec.now[last] = value;
    spec.texts[last][0] = cells[spec.figure].text;
    chart.setOption({series: [{}, {data: spec.now}]});
    return;
  }
  let hasMoved = false;
  for (const area of spec.areas) {
    const key = `${spec.indicator}|${area.code}`;
    const value = told(key, area.value);
    if (value === area.value) continue;
    hasMoved = true;
    area.value = value;
    area.text = `${cells[key].text} ${spec.unit}`.trim();
  }
  if (hasMoved) draw[spec.kind](chart, spec);
};

const draw = {map: drawMap, bars: drawBars, trend: drawTrend};

const prepare = root => {
  for (const figure of root.querySelectorAll('[data-chart]:not([data-ready])')) {
    figure.dataset.ready = '';
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const box = figure.querySelector('.chart-canvas');
    if (box.dataset.height) box.style.blockSize = `${box.dataset.height}px`;
    const chart = echarts.init(box, null, {renderer: 'svg'});
    let width = box.clientWidth;
    new ResizeObserver(() => {
      if (!box.clientWidth) return;  // no room for now, and a map of no size has no scale
      chart.resize();
      if (spec.kind === 'map' && box.clientWidth !== width) draw.map(chart, spec);
      width = box.clientWidth;
    }).observe(box);
    if (spec.areas) goDown(chart, spec.areas);
    document.addEventListener('dukao:figures', event => box.isConnected && move(chart, spec, event.detail));
    Promise.resolve(draw[spec.kind](chart, spec)).catch(() => { figure.hidden = true; });
  }
};

prepare(document);
document.addEventListener('htmx:after:swap', () => prepare(document));
