import type { HistoryEvent } from './event.ts';

/** Has an event to do with what is said of a violation? Where that names units, those; of the rest of the fleet's life, all. Pure. */
export function concerns(event: HistoryEvent, violation: string): boolean {
  if (event.kind === 'log' && / event=(listening|relist-failed)/.test(event.line)) return false;
  const units = violation.match(/[\w@-]+\.service/g) ?? [];
  if (units.length === 0) return true;
  const namesOne = (text: string): boolean => units.some((unit) => text.includes(unit));
  switch (event.kind) {
    case 'commit':
      return event.changes.some(({ key }) => namesOne(key) || /\/(machines|lease)\//.test(key));
    case 'unit':
      return namesOne(event.unit);
    case 'command':
      return event.units.some(namesOne);
    case 'operation':
      return event.does.kind === 'metadata' || namesOne(event.does.unit);
    case 'log':
      return namesOne(event.line) || /^(presence|mirror|engine) /.test(event.line);
    default:
      return true;
  }
}
