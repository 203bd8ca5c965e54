import { createHash } from 'node:crypto';
import type { UnitOptions } from './unit-file.ts';

/** Unit file text: sections in first-seen order, a blank line between sections, one newline at the end. */
export function serialiseUnit(options: UnitOptions): string {
  const sections = new Map<string, string[]>();
  for (const { section, name, value } of options) {
    const lines = sections.get(section) ?? [];
    lines.push(`${name}=${value}\n`);
    sections.set(section, lines);
  }
  return [...sections].map(([section, lines]) => `[${section}]\n${lines.join('')}`).join('\n');
}

/** SHA-1 of the serialised unit, 40 hex digits: what fleetctl shows the first 7 digits of. */
export function hashUnit(options: UnitOptions): string {
  return createHash('sha1').update(serialiseUnit(options)).digest('hex');
}
