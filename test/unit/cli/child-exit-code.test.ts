import { execa } from 'execa';
import { expect, it } from 'vitest';
import { exitCodeOf } from '#cli/child-exit-code.ts';

it.each([
  ['exit 0', 0],
  ['exit 3', 3],
  ['kill -INT $$', 130],
  ['kill -KILL $$', 137],
  ['kill -TERM $$', 143],
  ['kill -HUP $$', 129],
])('%s is what a shell says of it: %i', async (program, code) => {
  expect(exitCodeOf(await execa('sh', ['-c', program], { reject: false }))).toBe(code);
});

it('a program that is not there is 127', async () => {
  expect(exitCodeOf(await execa('/no/such/program', { reject: false }))).toBe(127);
});
