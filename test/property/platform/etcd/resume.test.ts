import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';

test('whatever is written, a watch from any revision sees the history from there, once and in order', async () => {
  const step = fc.oneof(
    fc.record({ put: fc.constantFrom('/a', '/b', '/c/d'), value: fc.string({ maxLength: 3 }) }),
    fc.record({ delete: fc.constantFrom('/a', '/b', '/c/d') }),
  );
  const away = fc.integer({ min: 0, max: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.uniqueArray(step, { minLength: 1, maxLength: 3, selector: (w) => ('put' in w ? w.put : w.delete) }), away), { maxLength: 20 }), fc.integer({ min: 1, max: 20 }), async (rounds, from) => {
      const store = memoryStore();
      const live: string[] = [];
      const late: string[] = [];
      const line = (e: { type: string; key: string; value: string; revision: number }) => `${e.revision} ${e.type} ${e.key} ${e.value}`;
      await store.watch('/', { onEvent: (e) => live.push(line(e)) });
      for (const [writes, outage] of rounds) {
        await store.transact([], writes);
        if (outage === 0) {
          store.setAway(true);
          store.setAway(false);
        }
      }
      await store.watch('/', { onEvent: (e) => late.push(line(e)) }, from);
      await store.get('/');
      expect(late).toEqual(live.filter((text) => Number(text.split(' ')[0]) >= from));
      const revisions = live.map((text) => Number(text.split(' ')[0]));
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    }),
  ); // prettier-ignore
});
