import type { IgnitionConfig } from './types.ts';

/** The config as JSON with keys in alphabetical order: equal configs give equal bytes, and so equal content keys. Lists keep their order. */
export function toJson(config: IgnitionConfig): string {
  return `${JSON.stringify(config, sortKeys, 2)}\n`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
