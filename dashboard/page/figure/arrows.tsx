import { useLayoutEffect, useRef, useState } from 'react';
import type { Talk } from '../../moment/talks.ts';
import { unitParts } from '../../moment/unit-parts.ts';

interface Line {
  readonly key: string;
  readonly path: string;
  readonly kind: string;
  readonly units: readonly string[];
}

/** An arrow from each unit to those it is told of, over the boxes; who sees none has them in words below. */
export function Arrows(props: { readonly talks: readonly Talk[]; readonly chosen: string | undefined }) {
  const { talks, chosen } = props;
  const svg = useRef<SVGSVGElement>(null);
  const [lines, setLines] = useState<readonly Line[]>([]);
  const drawn = JSON.stringify(talks);
  useLayoutEffect(() => {
    // A parent's own ref is not set yet when this runs first.
    const box = svg.current?.parentElement;
    if (!box) return undefined;
    const draw = () => setLines(linesOf(box, JSON.parse(drawn) as Talk[]));
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(box);
    return () => observer.disconnect();
  }, [drawn]);
  return (
    <svg ref={svg} className={`arrows ${chosen === undefined ? '' : 'choosing'}`} aria-hidden="true">
      <defs>
        {['couchbase', 'memcached'].map((kind) => (
          <marker
            key={kind}
            id={`head-${kind}`}
            className={kind}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        ))}
      </defs>
      {lines.map(({ key, path, kind, units }) => (
        <path
          key={key}
          d={path}
          className={`${kind} ${chosen !== undefined && units.includes(chosen) ? 'chosen' : ''}`}
          markerEnd={`url(#head-${kind})`}
        />
      ))}
    </svg>
  );
}

function linesOf(box: HTMLElement, talks: readonly Talk[]): Line[] {
  const origin = box.getBoundingClientRect();
  const place = (unit: string, machine: string | undefined): DOMRect | undefined =>
    box.querySelector(`[data-unit="${CSS.escape(`${unit} ${machine ?? ''}`)}"]`)?.getBoundingClientRect();
  return talks.flatMap(({ from, to }) => {
    const [start, end] = [place(from.unit, from.machine), place(to.unit, to.machine)];
    if (start === undefined || end === undefined) return [];
    const [x1, y1] = [start.left + start.width / 2 - origin.left, start.bottom - origin.top];
    const [x2, y2] = [end.left + end.width / 2 - origin.left, end.top - origin.top - 2];
    const bend = Math.max(18, (y2 - y1) / 2);
    return [
      {
        key: `${from.unit} ${from.machine} ${to.unit}`,
        path: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`,
        kind: unitParts(to.unit).kind,
        units: [from.unit, to.unit],
      },
    ];
  });
}
