import { isRecord } from '../../../errors/is-record.ts';

/** What the worker stores for one message of the stream. */
export interface RsvpDocument {
  readonly key: string;
  readonly document: { event_id: string; event_name: string } & Record<string, unknown>;
}

/**
 * The document of one stream message: its `event`, under a key made of the event's and the RSVP's own ids. Two RSVPs never share a
 * key (a millisecond clock would), and the same RSVP met twice, after a reconnect or a retry, overwrites itself.
 * Undefined for anything that is not an RSVP for an event with an id and a name.
 */
export function rsvpDocument(message: string): RsvpDocument | undefined {
  let rsvp: unknown;
  try {
    rsvp = JSON.parse(message);
  } catch {
    return undefined;
  }
  if (!isRecord(rsvp) || !isRecord(rsvp['event'])) return undefined;
  const { event_id: eventId, event_name: eventName } = rsvp['event'];
  const rsvpId = rsvp['rsvp_id'];
  if (typeof eventId !== 'string' || eventId === '' || typeof eventName !== 'string') return undefined;
  if (typeof rsvpId !== 'number' && typeof rsvpId !== 'string') return undefined;
  const key = `${eventId}:${rsvpId}`;
  // Couchbase refuses longer keys (250 bytes); nothing real comes near it.
  if (Buffer.byteLength(key) > 250) return undefined;
  return { key, document: { ...rsvp['event'], event_id: eventId, event_name: eventName } };
}
