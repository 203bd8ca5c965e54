import type { Verdict } from '../../verdict.ts';
import { type Markup, markup } from './markup.ts';

/** Symbol and word of a verdict: never colour alone. */
export const verdictWords: Readonly<Record<Verdict, { symbol: string; word: string }>> = {
  pass: { symbol: '✓', word: 'pass' },
  fail: { symbol: '✗', word: 'fail' },
  unknown: { symbol: '?', word: 'unknown' },
};

export function verdictMark(verdict: Verdict): Markup {
  const { symbol, word } = verdictWords[verdict];
  return markup`<span class="mark ${verdict}"><span aria-hidden="true">${symbol}</span> ${word}</span>`;
}
