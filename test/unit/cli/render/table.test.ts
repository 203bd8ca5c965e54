import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusTable } from '#cli/render/status-table.ts';
import { table } from '#cli/render/table.ts';

describe('table', () => {
  it('aligns columns under their heads, without blanks at the ends of lines', () => {
    expect(table(['NAME', 'N', ''], [['a', '100', 'x'], ['longer', '2', ''], ['b']])).toBe(
      ['NAME    N', 'a       100  x', 'longer  2', 'b'].join('\n'),
    );
  });

  it('is only its head without rows', () => {
    expect(table(['A', 'B'], [])).toBe('A  B');
  });

  it('every cell of a column begins at the same place, whatever it holds', () => {
    const cell = fc.stringMatching(/^[a-z0-9]{1,9}$/);
    const row = fc.tuple(cell, cell, cell);
    fc.assert(
      fc.property(row, fc.array(row, { maxLength: 5 }), (header, rows) => {
        const lines = table(header, rows).split('\n');
        const width = (column: 0 | 1) => Math.max(...[header, ...rows].map((cells) => cells[column].length));
        for (const [i, cells] of [header, ...rows].entries()) {
          expect(lines[i]?.startsWith(cells[0])).toBe(true);
          expect(lines[i]?.slice(width(0) + 2).startsWith(cells[1])).toBe(true);
          expect(lines[i]?.slice(width(0) + width(1) + 4)).toBe(cells[2]);
        }
      }),
    );
  });
});

describe('statusTable', () => {
  it('shows what runs, what does not, and why', () => {
    const text = statusTable({
      lab: 'lab',
      provider: 'nspawn',
      up: true,
      machines: [
        { name: 'core-01', address: '172.17.8.101', state: 'running', etcd: 'healthy', fleet: 'present' },
        { name: 'core-02', address: '172.17.8.102', state: 'running', etcd: 'unhealthy', fleet: 'unknown' },
        { name: 'core-03', address: '172.17.8.103', state: 'stopped', note: 'its init died' },
      ],
      changes: [],
      otherMembers: [],
    });
    expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['MACHINE', 'ADDRESS', 'STATE', 'ETCD', 'FLEET'],
      ['core-01', '172.17.8.101', 'running', 'healthy', 'present'],
      ['core-02', '172.17.8.102', 'running', 'unhealthy', 'unknown'],
      ['core-03', '172.17.8.103', 'stopped', '-', '-', 'its init died'],
    ]);
  });
});
