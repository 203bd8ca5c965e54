import { expect, it } from 'vitest';
import { MemberRound } from '#scenarios/harness/probes/member-round.ts';
import { FakeClock } from './fake-clock.ts';

const members = ['a', 'b', 'c'].map((machine) => ({ machine, host: '127.0.0.1', port: 1 }));
const [, b] = members;

function round() {
  const clock = new FakeClock();
  const all = new MemberRound(members, clock);
  /** Asks so often, 50 ms apart; those in `dead` fail. */
  const ask = (count: number, dead: readonly string[] = []) =>
    Array.from({ length: count }, () => {
      const member = all.next();
      if (member === undefined) return '';
      if (dead.includes(member.machine)) all.failed(member);
      else all.answered(member);
      clock.turn(50);
      return member.machine;
    }).join('');
  return { all, clock, ask };
}

it('takes them in turn', () => {
  expect(round().ask(7)).toBe('abcabca');
});

it('steps over a member that failed for a second, then tries it once', () => {
  const { ask } = round();
  ask(3);
  const turns = ask(42, ['b']);
  expect([...turns].filter((machine) => machine === 'b')).toHaveLength(2);
  expect(turns).not.toContain('aa');
});

it('asks all of them when none answers', () => {
  const { ask } = round();
  ask(30, ['a', 'b', 'c']);
  expect(ask(6, ['a', 'b', 'c'])).toBe('abcabc');
});

it('takes a member back as soon as it answers', () => {
  const { all, ask } = round();
  ask(6, ['b']);
  if (b !== undefined) all.answered(b);
  expect(ask(6)).toContain('b');
});
