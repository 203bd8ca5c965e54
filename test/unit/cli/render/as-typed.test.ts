import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asTyped } from '#cli/render/as-typed.ts';

const here = { LAB_LAUNCHER: './lab' };
const terminal = { isTTY: true };

test.each([
  ['lab up', './lab up'],
  ['lab lab is not up. Next: lab up', 'lab lab is not up. Next: ./lab up'],
  ['lab destroy core-02, then lab up', './lab destroy core-02, then ./lab up'],
  ['Run: ./lab up', 'Run: ./lab up'],
  ['/srv/lab up', '/srv/lab up'],
  ['(lab --help lists the commands)', '(./lab --help lists the commands)'],
  ['"lab scenario failover"', '"./lab scenario failover"'],
  ['the lab up there, my-lab up, lab upper, lab 3/3', 'the lab up there, my-lab up, lab upper, lab 3/3'],
  ['the lab stays up: lab status, lab destroy', 'the lab stays up: ./lab status, ./lab destroy'],
])('%s -> %s', (text, typed) => {
  expect(asTyped(text, terminal, here)).toBe(typed);
});

test('a launcher in another place is written out, as a shell takes it', () => {
  expect(asTyped('lab up', terminal, { LAB_LAUNCHER: '../my lab/lab' })).toBe("'../my lab/lab' up");
});

test('a file or a program gets one spelling, and so does whoever gave no relative path', () => {
  expect(asTyped('lab up', { isTTY: false }, here)).toBe('lab up');
  expect(asTyped('lab up', terminal, { LAB_LAUNCHER: '/opt/bin/lab' })).toBe('lab up');
  expect(asTyped('lab up', terminal, { LAB_LAUNCHER: 'lab' })).toBe('lab up');
  expect(asTyped('lab up', terminal, {})).toBe('lab up');
});

test('knows every command that the help lists', async () => {
  const help = await readFile(join(import.meta.dirname, '../screens/80/help.txt'), 'utf8');
  const [, listed = ''] = /^Commands:\n([^]*?)\n\n/m.exec(help) ?? [];
  const commands = [...listed.matchAll(/^ {2}([a-z]+)/gm)].map(([, command = '']) => command);
  expect(commands.length).toBeGreaterThan(20);
  const unknown = commands.filter((command) => asTyped(`lab ${command}`, terminal, here) === `lab ${command}`);
  expect(unknown).toEqual(['help']);
});

test('a text that names a lab itself keeps that name', () => {
  const env = { LAB_LAUNCHER: './lab', LAB_NAME: 'second' };
  expect(asTyped('lab --name third up, or lab up', terminal, env)).toBe(
    './lab --name third up, or ./lab --name second up',
  );
});
