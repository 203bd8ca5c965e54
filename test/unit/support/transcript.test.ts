import { expect, it } from 'vitest';
import { replay, type Commands } from '../../support/transcript.ts';

const commands = (): Commands => {
  let sum = 0;
  return {
    add: (words) => {
      sum += Number(words.next('a number')) * Number(words.values('times')[0] ?? '1');
      return '';
    },
    sum: () => `${sum}`,
    'sum twice': async () => `${sum}\n${sum}`,
    blank: () => 'a\n\nb',
  };
};
const now = (text: string) => replay('x.txt', text, commands());

it('writes below each group of commands what they say, and keeps comments and empty lines', async () => {
  const text = '# A sum.\nadd 1\nadd 2 times=3\n\n\nsum\nsum twice\n';
  const whole = '# A sum.\nadd 1\nadd 2 times=3\n----\nok\n\n\nsum\nsum twice\n----\n7\n7\n7\n';
  expect(await now(text)).toBe(whole);
  expect(await now(whole)).toBe(whole);
});

it('replaces what is no longer said, be it shorter or longer', async () => {
  expect(await now('add 4\nsum\n----\n1\n2\n3\n\nsum twice\n----\nok\n')).toBe(
    'add 4\nsum\n----\n4\n\nsum twice\n----\n4\n4\n',
  );
});

it.each([
  ['add 1\nsubtract 2\n', /^x\.txt:2: unknown command "subtract 2"; known: add, sum, sum twice, blank$/],
  ['# one\n\nadd\n', /^x\.txt:3: add: a number is missing$/],
  ['add 1 2\n', /^x\.txt:1: add does not take 2$/],
  ['add 1\n----\nok\n\nsum modulo=3\n', /^x\.txt:5: sum does not take modulo=3$/],
  ['----\n1\n', /^x\.txt:1: ---- stands below no command$/],
  ['sum\nblank\n', /^x\.txt:2: blank says an empty line/],
])('%j names file and line', async (text, message) => {
  await expect(now(text)).rejects.toThrow(message);
});
