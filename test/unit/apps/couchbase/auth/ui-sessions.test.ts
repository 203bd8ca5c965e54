import { beforeEach, describe, expect, test } from 'vitest';
import { createCredentials } from '#apps/couchbase/src/auth/credentials.ts';
import { UiSessions } from '#apps/couchbase/src/auth/ui-sessions.ts';

const credentials = createCredentials('Administrator', 'Password1');
let nowMs: number;
let sessions: UiSessions;

beforeEach(() => {
  nowMs = 1000;
  sessions = new UiSessions(() => nowMs);
});

describe('sessions of the console', () => {
  test('a token opens its own session until it is closed', () => {
    const [one, other] = [sessions.open(credentials), sessions.open(credentials)];
    expect(one).not.toBe(other);
    expect(sessions.holder(one)).toBe(credentials);
    expect(sessions.holder(`${one}x`)).toBeUndefined();
    sessions.close(one);
    expect(sessions.holder(one)).toBeUndefined();
    expect(sessions.holder(other)).toBe(credentials);
  });

  test('one ends ten minutes after its last use, not after its first', () => {
    const token = sessions.open(credentials);
    for (let step = 0; step < 5; step++) {
      nowMs += 600_000;
      expect(sessions.holder(token)).toBe(credentials);
    }
    nowMs += 600_001;
    expect(sessions.holder(token)).toBeUndefined();
    nowMs -= 600_001;
    expect(sessions.holder(token)).toBeUndefined();
  });

  test('of 1025 the one that was unused for the longest time makes room', () => {
    const tokens = Array.from({ length: 1024 }, () => sessions.open(credentials));
    const [first = '', second = ''] = tokens;
    sessions.holder(first);
    const last = sessions.open(credentials);
    expect([first, second, last].map((token) => sessions.holder(token) === credentials)).toEqual([true, false, true]);
  });
});
