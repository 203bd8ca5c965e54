import type { ReactNode } from 'react';
import type { Verdict } from '../../../record/verdict.ts';

/** Symbol and word of a verdict: never colour alone. */
export const verdictWords: Readonly<Record<Verdict, { symbol: string; word: string }>> = {
  pass: { symbol: '✓', word: 'pass' },
  fail: { symbol: '✗', word: 'fail' },
  unknown: { symbol: '?', word: 'unknown' },
};

/** A symbol for the eye before the words that everybody gets. */
export function WithSymbol({ symbol, children }: { readonly symbol: string; readonly children: ReactNode }) {
  return (
    <>
      <span aria-hidden="true">{symbol}</span> {children}
    </>
  );
}

/** A verdict as a small tinted label. */
export function VerdictMark({ verdict }: { readonly verdict: Verdict }) {
  const { symbol, word } = verdictWords[verdict];
  return (
    <span className={`mark ${verdict}`}>
      <WithSymbol symbol={symbol}>{word}</WithSymbol>
    </span>
  );
}
