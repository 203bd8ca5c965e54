import { useState } from 'react';
import { timeOfDay } from '../parts/format.ts';
import { inWords, type Minute } from './minute.ts';
import { useChart } from './use-chart.ts';

/**
 * A chart of the last minute. The picture is one image for a screen reader, told in words, and the figures are there as a table.
 * @param props.format a figure with its unit
 * @param props.axis the same for the little room beside the axis
 * @param props.steps what the axis counts by: powers of two suit bytes
 */
export function LiveChart(props: {
  title: string;
  minute: Minute;
  format: (value: number) => string;
  axis?: (value: number) => string;
  steps?: 'decimal' | 'binary';
  height?: number;
}) {
  const { title, minute, format, axis = format, steps = 'decimal', height = 220 } = props;
  const [at, setAt] = useState<number>();
  const place = useChart({ minute, axis, steps, height, onPoint: setAt });
  const shown = at === undefined ? minute.timesMs.length - 1 : at;
  const time = minute.timesMs[shown];
  const words = minute.lines.map((line) => inWords(line, format)).join('; ');
  return (
    <figure className="card chart">
      <figcaption>
        <h2>{title}</h2>
        <ul className="legend">
          {minute.lines.map(({ label, values }, index) => (
            <li key={label}>
              <span className={`swatch line-${index % 6}`} aria-hidden="true" />
              {label}{' '}
              <strong>{values[shown] === null || values[shown] === undefined ? '–' : format(values[shown])}</strong>
            </li>
          ))}
          <li className="time">{time === undefined ? '' : timeOfDay(time)}</li>
        </ul>
      </figcaption>
      <div ref={place} className="plot" role="img" aria-label={`${title} in the last minute. ${words}`} />
      <Figures minute={minute} title={title} format={format} />
    </figure>
  );
}

function Figures({ minute, title, format }: { minute: Minute; title: string; format: (value: number) => string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Figures</summary>
      {isOpen && (
        <div className="scroll" tabIndex={0} role="region" aria-label={`Figures of ${title}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {minute.lines.map(({ label }) => (
                  <th key={label} scope="col" className="number">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {minute.timesMs
                .map((timeMs, index) => (
                  <tr key={timeMs}>
                    <td>{timeOfDay(timeMs)}</td>
                    {minute.lines.map(({ label, values }) => (
                      <td key={label} className="number">
                        {values[index] === null || values[index] === undefined ? '–' : format(values[index])}
                      </td>
                    ))}
                  </tr>
                ))
                .toReversed()}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
