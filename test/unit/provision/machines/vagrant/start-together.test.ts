import { expect, it } from 'vitest';
import { StartTogether } from '#provision/machines/vagrant/start-together.ts';

it('what is started at the same moment is started once, when all of it is prepared', async () => {
  const calls: string[][] = [];
  const prepared: string[] = [];
  const together = new StartTogether(async (machines) => void calls.push([...machines, ...prepared.sort()]));
  const prepare = async (name: string) => {
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    prepared.push(`${name} prepared`);
  };
  await Promise.all(['core-03', 'core-01'].map((name) => together.start(name, prepare(name))));
  expect(calls).toEqual([['core-01', 'core-03', 'core-01 prepared', 'core-03 prepared']]);
  await together.start('core-02', Promise.resolve());
  expect(calls).toHaveLength(2);
});

it('a failure is the failure of each, and the next start is a new one', async () => {
  let fails = true;
  const together = new StartTogether(async () => {
    if (fails) throw new Error('no');
  });
  const both = await Promise.allSettled(['core-01', 'core-02'].map((name) => together.start(name, Promise.resolve())));
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  await expect(together.start('core-01', Promise.resolve())).resolves.toBeUndefined();
});
