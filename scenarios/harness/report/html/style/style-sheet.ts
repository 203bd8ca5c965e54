import { baseStyle } from './base-style.ts';
import { headStyle } from './head-style.ts';
import { narrowStyle } from './narrow-style.ts';
import { type Palette, dark, light } from './palette.ts';
import { printStyle } from './print-style.ts';
import { tablesStyle } from './tables-style.ts';
import { timelineStyle } from './timeline-style.ts';

/** The whole style sheet: system fonts, both colour schemes, paper. */
export function styleSheet(): string {
  return [
    `:root{${variables(light)}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}`,
    light.machines.map((_, hue) => `.m${hue}{--fill:var(--fill${hue});--edge:var(--edge${hue})}`).join(''),
    ...[baseStyle, headStyle, tablesStyle, narrowStyle, timelineStyle, printStyle].map(joined),
  ].join('\n');
}

function variables({ machines, ...colours }: Palette): string {
  const plain = Object.entries(colours).map(([name, value]) => `--${name}:${String(value)}`);
  const hues = machines.flatMap(({ fill, edge }, index) => [`--fill${index}:${fill}`, `--edge${index}:${edge}`]);
  return [...plain, ...hues].join(';');
}

/** Our sheets break lines only where CSS needs no space: there the lines are for who reads the source. */
const joined = (sheet: string): string => sheet.replace(/\n */g, '');
