import type { ObservedUnit } from './driver.ts';

/**
 * Reads `systemctl show -p LoadState,ActiveState,SubState,InvocationID A B`: blocks of key=value divided by empty lines, in the order
 * asked for. The Id of an alias is not the name asked for, so blocks are matched by position.
 */
export function parseShow(output: string, names: readonly string[]): Map<string, ObservedUnit> {
  const observed = new Map<string, ObservedUnit>();
  const blocks = output.trim().split(/\n\s*\n/);
  names.forEach((name, i) => {
    const fields = new Map<string, string>();
    for (const line of (blocks[i] ?? '').split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 1));
    }
    if (!fields.has('LoadState')) return;
    observed.set(name, {
      load: fields.get('LoadState') ?? '',
      active: fields.get('ActiveState') ?? '',
      sub: fields.get('SubState') ?? '',
      invocation: fields.get('InvocationID') ?? '',
    });
  });
  return observed;
}
