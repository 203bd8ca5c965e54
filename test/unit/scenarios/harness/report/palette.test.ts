import { expect, it } from 'vitest';
import { contrast, dark, light, readablePairs } from '#scenarios/harness/report/html/style/palette.ts';

it('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrast('#ffffff', '#777777')).toBe(contrast('#777777', '#ffffff'));
});

it.each([
  ['light', light],
  ['dark', dark],
] as const)('every text of the %s scheme has a contrast of at least 4.5', (_, palette) => {
  const weak = readablePairs(palette).filter(({ text, ground }) => contrast(text, ground) < 4.5);
  expect(weak).toEqual([]);
});
