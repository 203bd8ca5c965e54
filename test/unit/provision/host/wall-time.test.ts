import { expect, it } from 'vitest';
import { wallTime } from '#provision/host/wall-time.ts';

const now = new Date(2026, 2, 5, 12, 0, 0);

it('a moment of today or last night is a time, an older one has its date', () => {
  expect(wallTime(new Date(2026, 2, 5, 9, 3, 7), now)).toBe('09:03:07');
  expect(wallTime(new Date(2026, 2, 4, 23, 59, 59), now)).toBe('23:59:59');
  expect(wallTime(new Date(2026, 1, 1, 9, 3, 7), now)).toBe('2026-02-01 09:03:07');
});
