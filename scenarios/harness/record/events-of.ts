import type { EventOf, EventType, RunEvent } from './run-event.ts';

/** The events of these types, in their order. Pure. */
export function eventsOf<Type extends EventType>(
  events: readonly RunEvent[],
  ...types: readonly Type[]
): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => types.some((type) => type === event.type));
}
