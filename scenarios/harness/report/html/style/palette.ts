/**
 * Colours of the report. Verdict and machine hues stay apart for every common colour blindness; words and symbols
 * repeat them.
 */
export interface Palette {
  readonly paper: string;
  readonly card: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly link: string;
  readonly pass: string;
  readonly passTint: string;
  readonly fail: string;
  readonly failTint: string;
  readonly unknown: string;
  readonly unknownTint: string;
  readonly fault: string;
  readonly key: string;
  readonly keyEdge: string;
  readonly off: string;
  /** One per machine, by order of names: the fill that text stands on, and its edge. */
  readonly machines: readonly { readonly fill: string; readonly edge: string }[];
}

export const light: Palette = {
  paper: '#fbfbfa',
  card: '#ffffff',
  line: '#dcdcd7',
  text: '#1d2126',
  muted: '#59616b',
  link: '#0b5cad',
  pass: '#0b6b50',
  passTint: '#e2f3ec',
  fail: '#b02318',
  failTint: '#fdeae7',
  unknown: '#7a5200',
  unknownTint: '#fdf2d8',
  fault: '#b02318',
  key: '#e6e6e1',
  keyEdge: '#8d8d85',
  off: '#b9b9b2',
  machines: [
    { fill: '#cfe1f5', edge: '#3a6ea5' },
    { fill: '#f6e6ad', edge: '#a68a12' },
    { fill: '#efd3e6', edge: '#a3417f' },
    { fill: '#cdece6', edge: '#258478' },
    { fill: '#e0d8f4', edge: '#6f58b0' },
  ],
};

export const dark: Palette = {
  paper: '#14171a',
  card: '#1b1f23',
  line: '#363c43',
  text: '#e7e9eb',
  muted: '#a6aeb7',
  link: '#8fc1ff',
  pass: '#6ad6ae',
  passTint: '#15332a',
  fail: '#ff9d92',
  failTint: '#42201c',
  unknown: '#f1c566',
  unknownTint: '#3b2f12',
  fault: '#ff8478',
  key: '#3a3f45',
  keyEdge: '#8b929a',
  off: '#5a6169',
  machines: [
    { fill: '#21466d', edge: '#7fb2e8' },
    { fill: '#574a11', edge: '#d9bf4a' },
    { fill: '#5c2b4c', edge: '#e08cc2' },
    { fill: '#17483f', edge: '#5fc4b3' },
    { fill: '#40346b', edge: '#a995e8' },
  ],
};

/** Pairs of text and ground that occur in the report; each must be readable. */
export function readablePairs(palette: Palette): { text: string; ground: string }[] {
  const { text, muted, link, pass, fail, unknown, paper, card } = palette;
  const grounds = [paper, card];
  const words = [text, muted, link, pass, fail, unknown];
  const tints = [palette.key, palette.failTint, ...palette.machines.map(({ fill }) => fill)];
  return [
    ...grounds.flatMap((ground) => words.map((word) => ({ text: word, ground }))),
    ...tints.map((ground) => ({ text, ground })),
    ...[palette.passTint, palette.failTint, palette.unknownTint].map((ground) => ({ text, ground })),
    { text: pass, ground: palette.passTint },
    { text: fail, ground: palette.failTint },
    { text: unknown, ground: palette.unknownTint },
  ];
}

/** Contrast of two `#rrggbb` colours as WCAG 2.2 defines it ("contrast ratio", "relative luminance"): 1 to 21. */
export function contrast(one: string, other: string): number {
  const [lower = 0, upper = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (upper + 0.05) / (lower + 0.05);
}

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
