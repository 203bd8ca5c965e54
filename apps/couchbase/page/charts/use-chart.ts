import { useEffect, useRef, type RefObject } from 'react';
import uPlot from 'uplot';
import type { Minute } from './minute.ts';
import { useColorScheme } from './use-color-scheme.ts';

/**
 * Draws a minute with uPlot into the element that gets the returned ref, as wide as it is, and again at each new minute; anew when the
 * lines are others or the colours are. `onPoint` hears which second the pointer is at, and undefined when it leaves.
 */
export function useChart(args: {
  minute: Minute;
  axis: (value: number) => string;
  steps: 'decimal' | 'binary';
  height: number;
  onPoint: (index: number | undefined) => void;
}): RefObject<HTMLDivElement | null> {
  const { minute, axis, steps, height, onPoint } = args;
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const scheme = useColorScheme();
  const labels = minute.lines.map(({ label }) => label).join('\n');
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const names = labels.split('\n');
    const nothing = [[], ...names.map(() => [])] satisfies uPlot.AlignedData;
    const made = new uPlot(options({ element, labels: names, axis, steps, height, onPoint }), nothing, element);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [labels, scheme, axis, steps, height, onPoint]);
  // Also when the chart was made anew.
  useEffect(() => chart.current?.setData(dataOf(minute)), [minute, labels, scheme, axis, steps, height, onPoint]);
  return place;
}

function dataOf({ timesMs, lines }: Minute): uPlot.AlignedData {
  return [timesMs.map((ms) => ms / 1000), ...lines.map(({ values }) => [...values])];
}

function options(args: {
  element: HTMLElement;
  labels: readonly string[];
  axis: (value: number) => string;
  steps: 'decimal' | 'binary';
  height: number;
  onPoint: (index: number | undefined) => void;
}): uPlot.Options {
  const { element, labels, axis, steps, height, onPoint } = args;
  const color = (name: string) => resolve(element, `var(--${name})`);
  const soft = color('soft');
  const grid = { stroke: color('line'), width: 1 };
  const font = '12px system-ui, sans-serif';
  const ticks = { show: false };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    padding: [12, 28, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, 5)] } },
    axes: [
      { stroke: soft, font, grid: { show: false }, ticks, values: '{HH}:{mm}:{ss}', space: 90, size: 26 },
      {
        stroke: soft,
        font,
        grid,
        ticks,
        size: steps === 'binary' ? 62 : 44,
        space: 40,
        ...(steps === 'binary' && { incrs: powersOfTwo }),
        values: (_chart, splits) => splits.map((value) => (Number.isInteger(value) ? axis(value) : '')),
      },
    ],
    series: [
      {},
      ...labels.map((label, index) => {
        const stroke = color(`line-${index % 6}`);
        const fill = labels.length === 1 ? { fill: color('area') } : {};
        return { label, stroke, width: 2, points: { show: false }, ...fill };
      }),
    ],
    hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx ?? undefined)] },
  };
}

const powersOfTwo = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** A colour of the style sheet as a canvas takes it: what `light-dark()` came to. */
function resolve(element: HTMLElement, color: string): string {
  const before = element.style.color;
  element.style.color = color;
  const resolved = getComputedStyle(element).color;
  element.style.color = before;
  return resolved;
}
