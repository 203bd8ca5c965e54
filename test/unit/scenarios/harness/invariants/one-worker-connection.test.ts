import { expect, it } from 'vitest';
import { oneWorkerConnection } from '../../../../../scenarios/harness/invariants/one-worker-connection.ts';

const [a, b] = ['172.17.8.101', '172.17.8.102'];
const none = new Map<string, number>();
const verdict = (...args: Parameters<typeof oneWorkerConnection>) => oneWorkerConnection(...args).verdict;

it('passes when connections follow one another, the last still open', () => {
  const history = [
    { address: a, openedAt: 100, closedAt: 200 },
    { address: a, openedAt: 200, closedAt: 300 },
    { address: b, openedAt: 350, closedAt: null },
  ];
  expect(oneWorkerConnection(history, none)).toEqual({
    name: 'at most one worker connection at any time',
    verdict: 'pass',
    evidence: `3 connections one after another: ${a}, ${a}, ${b}`,
  });
  expect(verdict([...history].reverse(), none)).toBe('pass');
});

it('fails when two overlap, in whatever order the book has them, and says for how long', () => {
  const history = [
    { address: b, openedAt: 150, closedAt: 260 },
    { address: a, openedAt: 100, closedAt: 200 },
  ];
  expect(oneWorkerConnection(history, none)).toMatchObject({
    verdict: 'fail',
    evidence: `${a} and ${b} overlapped for 50 ms`,
  });
});

it('fails when one was opened within another, or both are open still', () => {
  expect(
    verdict(
      [
        { address: a, openedAt: 1, closedAt: 9 },
        { address: b, openedAt: 3, closedAt: 4 },
      ],
      none,
    ),
  ).toBe('fail');
  expect(
    verdict(
      [
        { address: a, openedAt: 1 },
        { address: b, openedAt: 3, closedAt: null },
      ],
      none,
    ),
  ).toBe('fail');
});

it('fails for two connections of one machine too', () => {
  expect(
    verdict(
      [
        { address: a, openedAt: 1, closedAt: 9 },
        { address: a, openedAt: 3, closedAt: 12 },
      ],
      none,
    ),
  ).toBe('fail');
});

it("a dead machine's connection ends with the machine, not when the server notices", () => {
  const history = [
    { address: a, openedAt: 100, closedAt: 900 },
    { address: b, openedAt: 500, closedAt: null },
  ];
  expect(verdict(history, none)).toBe('fail');
  expect(verdict(history, new Map([[a, 400]]))).toBe('pass');
  expect(verdict(history, new Map([[a, 600]]))).toBe('fail');
});

it('claims nothing without a book, or when no worker ever connected', () => {
  expect(verdict(undefined, none)).toBe('unknown');
  expect(verdict([], none)).toBe('unknown');
});
