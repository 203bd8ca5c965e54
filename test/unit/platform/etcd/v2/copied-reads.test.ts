import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Read } from '#platform/etcd/v2/batched-reads.ts';
import { copiedReads, keptCopy } from '#platform/etcd/v2/copied-reads.ts';
import type { StoreCopy } from '#platform/etcd/v2/store-copy.ts';
import { besideEtcd } from './beside-etcd.ts';
import { http } from './start-v2.ts';

const item = (key: string, value: string) => ({
  key,
  value,
  version: 1,
  createRevision: 1,
  modRevision: 1,
  lease: '0',
});
const one = (key: string) => [{ key, limit: 1 }];

/** A copy of which the test says at which revision it is. */
function someCopy() {
  const at = { revision: 7, changes: 0, isClosed: false, late: [] as ((isThere: boolean) => void)[] };
  const copy: StoreCopy = {
    get revision() {
      return at.revision;
    },
    get changes() {
      return at.changes;
    },
    get: (key) => (key === '/a' ? item('/a', `copied at ${at.revision}`) : undefined),
    reaches: () => new Promise((resolve) => at.late.push(resolve)),
    close: () => void (at.isClosed = true),
  };
  return { at, copy };
}

/** Reads of a store at a revision, from a copy or from etcd, and how often who was asked. */
function reading(fromReads: number) {
  const copies: ReturnType<typeof someCopy>[] = [];
  const ends: (() => void)[] = [];
  const store = { revision: 7, now: 1000, questions: 0, reads: 0, canBeCopied: true };
  const kept = keptCopy(
    async (onGone) => {
      ends.push(onGone);
      if (!store.canBeCopied) return undefined;
      const made = someCopy();
      copies.push(made);
      return made.copy;
    },
    fromReads,
    () => store.now,
  );
  onTestFinished(() => kept.close());
  const question: Read = async () => {
    store.questions++;
    return { answers: [], revision: store.revision };
  };
  const otherwise: Read = async (ranges) => {
    store.reads++;
    return { answers: ranges.map(({ key }) => [item(key, 'of etcd')]), revision: store.revision };
  };
  const read = copiedReads(kept, question, otherwise);
  const valueOf = async (key: string) => {
    const { answers, revision } = await read(one(key));
    return `${answers[0]?.[0]?.value} at ${revision}`;
  };
  return { store, copies, ends, kept, read, valueOf };
}

describe('many reads', () => {
  test('make a copy, and are answered from it as soon as it is known to be as new as the store', async () => {
    const { store, copies, valueOf } = reading(3);
    for (let i = 0; i < 3; i++) expect(await valueOf('/a')).toBe('of etcd at 7');
    expect(copies).toHaveLength(1);
    expect(await valueOf('/a')).toBe('copied at 7 at 7');
    expect(await valueOf('/b')).toBe('undefined at 7');
    expect([store.reads, store.questions]).toEqual([3, 2]);
  });

  test('that are too few make none', async () => {
    const { store, copies, valueOf } = reading(3);
    for (let i = 0; i < 20; i++) {
      await valueOf('/a');
      store.now += 501;
    }
    expect(copies).toHaveLength(0);
  });

  test('of more than a key each, or of a key that is no UTF-8, go to etcd', async () => {
    const { store, read, valueOf } = reading(1);
    for (let i = 0; i < 3; i++) await valueOf('/a');
    const before = store.reads;
    await read([{ key: '/a/', prefix: true, limit: 2 }]);
    await read([...one('/a'), { key: '/a/', prefix: true, limit: 1 }]);
    await read(one('/\ufffd'));
    expect(store.reads).toBe(before + 3);
  });
});

describe('a copy', () => {
  test('that is ahead of the answer shows what it has, at its own revision', async () => {
    const { copies, valueOf } = reading(1);
    for (let i = 0; i < 2; i++) await valueOf('/a');
    if (copies[0]) copies[0].at.revision = 9;
    expect(await valueOf('/a')).toBe('copied at 9 at 9');
  });

  test('that is behind is waited for', async () => {
    const { store, copies, valueOf } = reading(1);
    for (let i = 0; i < 2; i++) await valueOf('/a');
    store.revision = 8;
    const value = valueOf('/a');
    const { at } = await vi.waitFor(() => {
      if (copies[0]?.at.late.length !== 1) throw new Error('not waited for');
      return copies[0];
    }, 30_000);
    at.revision = 8;
    at.late[0]?.(true);
    expect(await value).toBe('copied at 8 at 8');
  });

  test('that stays behind is asked for nothing more until it has caught up', async () => {
    const { store, copies, valueOf } = reading(1);
    for (let i = 0; i < 2; i++) await valueOf('/a');
    store.revision = 8;
    const value = valueOf('/a');
    await vi.waitFor(() => expect(copies[0]?.at.late).toHaveLength(1), 30_000);
    copies[0]?.at.late[0]?.(false);
    expect(await value).toBe('of etcd at 8');
    const { questions } = store;
    expect(await valueOf('/a')).toBe('of etcd at 8');
    expect(store.questions).toBe(questions);
    if (copies[0]) copies[0].at.revision = 8;
    expect(await valueOf('/a')).toBe('of etcd at 8');
    expect(await valueOf('/a')).toBe('copied at 8 at 8');
  });

  test('that has gone is made anew, but not at once', async () => {
    const { store, copies, ends, valueOf } = reading(1);
    for (let i = 0; i < 2; i++) await valueOf('/a');
    ends[0]?.();
    for (let i = 0; i < 3; i++) expect(await valueOf('/a')).toBe('of etcd at 7');
    expect(copies).toHaveLength(1);
    store.now += 1001;
    await valueOf('/a');
    await vi.waitFor(() => expect(copies).toHaveLength(2), 30_000);
  });

  test('that there can be none of is not tried for with every read', async () => {
    const { store, ends, valueOf } = reading(1);
    store.canBeCopied = false;
    for (let i = 0; i < 5; i++) expect(await valueOf('/a')).toBe('of etcd at 7');
    expect(ends).toHaveLength(1);
  });

  test.each([
    ['nobody reads', { passes: 5001, changes: 0 }],
    ['it is told far more than is read', { passes: 1, changes: 100 }],
  ])('is let go when %s', async (_, { passes, changes }) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { store, copies, valueOf } = reading(1);
    for (let i = 0; i < 3; i++) await valueOf('/a');
    vi.advanceTimersByTime(1000);
    expect(copies[0]?.at.isClosed).toBe(false);
    store.now += passes;
    if (copies[0]) copies[0].at.changes += changes;
    vi.advanceTimersByTime(1000);
    expect(copies[0]?.at.isClosed).toBe(true);
  });
});

describe('with etcd', () => {
  const { etcd, ours } = besideEtcd({ copy: { reads: 1, bytes: 300_000 } });
  /** Watches of v3 that etcd has open. */
  const watches = async () =>
    Number(
      /^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec(
        await (await fetch(`${etcd.endpoints[0]}/metrics`)).text(),
      )?.[1],
    );
  const value = async (key: string) => {
    const { status, text } = await http(ours.url, 'GET', `/v2/keys${key}`);
    return status === 404 ? 'none' : (JSON.parse(text) as { node: { value: string } }).node.value;
  };
  const copied = () =>
    vi.waitFor(
      async () => {
        await value('/any');
        expect(await watches()).toBe(1);
      },
      { timeout: 30_000 },
    );

  test('every change is read that was made before: more keys than a page, removals, what runs out', async () => {
    for (let i = 0; i < 250; i++) await http(ours.url, 'PUT', `/v2/keys/page/${i}`, `value=${i}`);
    await copied();
    for (let i = 0; i < 250; i += 7) expect(await value(`/page/${i}`)).toBe(String(i));
    for (let i = 0; i < 30; i++) {
      await http(ours.url, 'PUT', '/v2/keys/changed', `value=${i}`);
      expect(await value('/changed')).toBe(String(i));
      if (i % 3 > 0) continue;
      await http(ours.url, 'DELETE', '/v2/keys/changed');
      expect(await value('/changed')).toBe('none');
    }
    await http(ours.url, 'DELETE', '/v2/keys/page?recursive=true');
    expect(await value('/page/7')).toBe('none');
    await http(ours.url, 'PUT', '/v2/keys/timed', 'value=1&ttl=1');
    expect(await value('/timed')).toBe('1');
    await vi.waitFor(async () => expect(await value('/timed')).toBe('none'), { timeout: 30_000, interval: 50 });
  });

  test('one that grows larger than it may is let go, and everything is answered all the same', async () => {
    await copied();
    const large = 'x'.repeat(400_000);
    await http(ours.url, 'PUT', '/v2/keys/large', `value=${large}`);
    expect(await value('/large')).toBe(large);
    await vi.waitFor(async () => expect(await watches()).toBe(0), { timeout: 30_000 });
    for (let i = 0; i < 20; i++) expect(await value('/large')).toBe(large);
    expect(await watches()).toBe(0);
    await http(ours.url, 'DELETE', '/v2/keys/large');
    await copied();
    expect(await value('/large')).toBe('none');
  });
});
