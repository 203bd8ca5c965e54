import { LabError } from '../../../../errors/lab-error.ts';
import { compareKeys } from './collation.ts';
import type { Json } from './json.ts';
import type { Row } from './view-index.ts';

/** Reduce functions that are built in; own JavaScript reduces are not. Source: Couchbase "Writing views", built-in reduce functions. */
export const builtInReduces = ['_count', '_sum', '_stats'] as const;
export type BuiltInReduce = (typeof builtInReduces)[number];

export function isBuiltInReduce(source: string): source is BuiltInReduce {
  return (builtInReduces as readonly string[]).includes(source);
}

/**
 * Reduces rows, one result per group, in row order.
 * @param groupLevel 0: all rows together under key null; N: by the first N elements of array keys; Infinity: by the key
 * @throws LabError `input.reduce` when _sum or _stats meets a value that is not a number
 */
export function reduceRows(
  rows: readonly Row[],
  reduce: BuiltInReduce,
  groupLevel: number,
): { key: Json; value: Json }[] {
  const groups: { key: Json; values: Json[] }[] = [];
  for (const row of rows) {
    const key = groupKey(row.key, groupLevel);
    const last = groups.at(-1);
    if (last !== undefined && compareKeys(last.key, key) === 0) last.values.push(row.value);
    else groups.push({ key, values: [row.value] });
  }
  return groups.map(({ key, values }) => ({ key, value: apply[reduce](values) }));
}

function groupKey(key: Json, level: number): Json {
  if (level === 0) return null;
  return Array.isArray(key) && level < key.length ? (key.slice(0, level) as readonly Json[]) : key;
}

const apply: Readonly<Record<BuiltInReduce, (values: readonly Json[]) => Json>> = {
  _count: (values) => values.length,
  _sum: (values) => numbers('_sum', values).reduce((sum, value) => sum + value, 0),
  _stats: (values) => {
    const list = numbers('_stats', values);
    return {
      sum: list.reduce((sum, value) => sum + value, 0),
      count: list.length,
      min: list.reduce((least, value) => Math.min(least, value)),
      max: list.reduce((most, value) => Math.max(most, value)),
      sumsqr: list.reduce((sum, value) => sum + value * value, 0),
    };
  },
};

function numbers(name: string, values: readonly Json[]): number[] {
  return values.map((value) => {
    if (typeof value === 'number') return value;
    throw new LabError({
      code: 'input.reduce',
      cause: `builtin ${name} function requires map values to be numbers, got ${JSON.stringify(value).slice(0, 80)}`,
      next: 'emit numbers, or query with reduce=false',
    });
  });
}
