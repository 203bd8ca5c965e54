import type { EventData } from './run-event.ts';

/** A scenario's own event as a person reads it: its name, and its values as JSON when it has any. Pure. */
export function ownWords({ name, values }: EventData<'own'>): string {
  return Object.keys(values).length === 0 ? name : `${name}: ${JSON.stringify(values)}`;
}
