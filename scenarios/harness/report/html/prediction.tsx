import { type Standing, againstPrediction } from '../../record/against-prediction.ts';
import type { Prediction } from '../../record/run-report.ts';
import { percent } from './parts/picture.ts';
import { percentOf } from './parts/scale.ts';
import { WithSymbol } from './parts/verdict-mark.tsx';
import { duration } from './parts/words.ts';

const standings: Readonly<Record<Standing, { symbol: string; word: string }>> = {
  within: { symbol: '✓', word: 'within' },
  sooner: { symbol: '↓', word: 'sooner' },
  later: { symbol: '↑', word: 'later' },
  never: { symbol: '✗', word: 'never' },
  unpredicted: { symbol: '', word: '' },
};

interface Predicted {
  /** What was measured; undefined: it never happened. */
  readonly ms: number | undefined;
  readonly predicted: Prediction | undefined;
  /** The longest time that the pictures of this table show. */
  readonly scaleMs: number;
}

/** A measured time against its prediction: as a picture, in a word, and with the terms that add up to it. */
export function PredictionCell(
  props: Predicted & {
    /** What to say where nothing was predicted. */
    readonly otherwise?: string;
  },
) {
  const { ms, predicted, scaleMs, otherwise } = props;
  return (
    <div className="prediction">
      <Bar ms={ms} predicted={predicted} scaleMs={scaleMs} />
      <span>
        {predicted !== undefined && <Compared ms={ms} predicted={predicted} />}
        {predicted === undefined && otherwise !== undefined && <small>{otherwise}</small>}
      </span>
    </div>
  );
}

function Compared({ ms, predicted }: { readonly ms: number | undefined; readonly predicted: Prediction }) {
  const standing = againstPrediction(ms, predicted);
  const { symbol, word } = standings[standing];
  const [from, to] = [duration(predicted.minMs), duration(predicted.maxMs)];
  return (
    <>
      <span className={`standing ${standing}`}>
        <WithSymbol symbol={symbol}>{word}</WithSymbol>
      </span>{' '}
      {predicted.minMs === predicted.maxMs ? to : `${from} – ${to}`}
      <small>{predicted.terms}</small>
    </>
  );
}

function Bar({ ms, predicted, scaleMs }: Predicted) {
  const at = (value: number) => percentOf(value, scaleMs * 1.03);
  const range =
    predicted === undefined ? '' : `, predicted ${duration(predicted.minMs)} to ${duration(predicted.maxMs)}`;
  const told = `${ms === undefined ? 'never' : duration(ms)}${range}`;
  return (
    <svg className="bar" role="img" aria-label={told} width="100%" height="14">
      <title>{told}</title>
      <line className="rule" x1="0" x2="100%" y1="7" y2="7" />
      {predicted !== undefined && <Band from={at(predicted.minMs)} to={at(predicted.maxMs)} />}
      {ms !== undefined && <Reach to={percent(at(ms))} />}
    </svg>
  );
}

function Band({ from, to }: { readonly from: number; readonly to: number }) {
  return <rect className="band" x={percent(from)} y="2" width={percent(Math.max(0.8, to - from))} height="10" rx="2" />;
}

function Reach({ to }: { readonly to: string }) {
  return (
    <>
      <line className="reach" x1="0" x2={to} y1="7" y2="7" />
      <circle cx={to} cy="7" r="4" />
    </>
  );
}
