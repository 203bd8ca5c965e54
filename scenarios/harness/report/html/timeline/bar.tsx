import { type Extent, percent } from '../parts/picture.ts';

/** A box of the timeline: across in per cent, down in px. */
export type Box = Extent & { readonly y: number; readonly height: number };

/** A bar with its name, where the name has room; the name is cut at the bar's end. */
export function Bar(props: {
  readonly className: string;
  readonly box: Box;
  readonly text: string;
  /** What pointing at it says, where that is more than the text. */
  readonly title?: string;
  readonly fill?: string | undefined;
}) {
  const { className, box, text, title = text, fill } = props;
  const across = { x: percent(box.x), width: percent(box.width) };
  return (
    <g className={className}>
      <title>{title}</title>
      <rect {...across} y={box.y} height={box.height} rx="2" style={fill === undefined ? undefined : { fill }} />
      <Label box={box} text={text} />
    </g>
  );
}

/** A text cut at the edges of its box; nothing where the box is too small for it. */
export function Label({ box: { x, y, width, height }, text }: { readonly box: Box; readonly text: string }) {
  const room = width > 3 && height > 9 && text !== '';
  return (
    room && (
      <svg x={percent(x)} y={y} width={percent(width)} height={height}>
        <text x="5" y={height / 2 + 3.8}>
          {text}
        </text>
      </svg>
    )
  );
}
