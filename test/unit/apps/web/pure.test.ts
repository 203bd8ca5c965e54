import { describe, expect, it } from 'vitest';
import { readConfig } from '#apps/web/src/config.ts';
import { verdict, type Health } from '#apps/web/src/health.ts';
import { rowReader } from '#apps/web/src/newest-rows.ts';
import { toStack } from '#apps/web/src/stack.ts';
import type { Instance } from '#platform/etcd/keys/services.ts';

const instance = (address: string, port?: number): Instance => ({
  id: '1',
  key: 'k',
  value: port === undefined ? address : `${address}:${port}`,
  address,
  port,
});

it('adds memcached’s port where an announcement has none', () => {
  expect(toStack([instance('10.1.1.2')], [instance('10.1.35.2'), instance('10.1.36.2', 11300)])).toEqual({
    couchbase: 'couchbase://10.1.1.2',
    memcached: ['10.1.35.2:11211', '10.1.36.2:11300'],
  });
});

describe('verdict', () => {
  const parts = (couchbase: boolean, memcached: boolean, age: number | null): Omit<Health, 'status'> => ({
    instance: 'i',
    machine: 'm',
    uptimeMs: 1,
    couchbase: { connection: 'couchbase://a', ok: couchbase },
    memcached: [{ address: 'a', ok: memcached }],
    lastRowsAgeMs: age,
    documents: 0,
    clients: 0,
    sessions: { store: 'memcached', failures: 0 },
  });

  it.each([
    [true, true, 10, 'ok'],
    [true, false, 10, 'degraded'],
    [false, true, 10, 'down'],
    [true, true, 101, 'down'],
    [true, true, null, 'down'],
  ] as const)('couchbase %s, memcached %s, rows %s ms old: %s', (couchbase, memcached, age, status) => {
    expect(verdict(parts(couchbase, memcached, age), 100).status).toBe(status);
  });
});

describe('readConfig', () => {
  it('has the chapter’s port, period and limit by default', () => {
    expect(readConfig({}, {}, 'host')).toMatchObject({ port: 3000, periodMs: 5000, limit: 10, instance: 'host' });
  });

  it('refuses a bad number by name', () => {
    expect(() => readConfig({ PORT: '70000' }, {}, 'host')).toThrow(/PORT="70000"/);
  });
});

describe('rows of the view', () => {
  const good = { id: 'e1_m1', key: 'e1', value: 'Kubernetes night' };

  it('are taken as they are', () => {
    expect(rowReader(() => expect.unreachable())({ ...good, doc: null })).toEqual([good]);
  });

  it.each([
    [{ ...good, value: null }, 'value: '],
    [{ ...good, value: { name: 'x' } }, 'value: '],
    [{ ...good, key: 17 }, 'key: '],
    [{ ...good, key: ['e1'] }, 'key: '],
  ])('%j is left out, and said once with its document', (row, problem) => {
    const lines: string[] = [];
    const read = rowReader((line) => lines.push(line));
    expect([read(row), read(good), read(row)]).toEqual([[], [good], []]);
    expect(lines).toEqual([expect.stringContaining(`document e1_m1 is left out: ${problem}`)]);
  });

  it('without a document are left out, too', () => {
    const lines: string[] = [];
    expect(rowReader((line) => lines.push(line))({ key: 'a', value: 'b' })).toEqual([]);
    expect(lines).toHaveLength(1);
  });
});
