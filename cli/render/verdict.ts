import pc from 'picocolors';
import type { Verdict } from '#scenarios/harness/record/verdict.ts';

/** The word on its colour. */
export function verdictText(verdict: Verdict): string {
  const text = ` ${verdict.toUpperCase()} `;
  return verdict === 'pass'
    ? pc.bgGreen(pc.black(text))
    : verdict === 'fail'
      ? pc.bgRed(pc.white(text))
      : pc.bgYellow(pc.black(text));
}
