import { pick, randomAt } from './random.ts';
import { cities, firstNames, groupWords, occasions, topics, venues } from './vocabulary.ts';

/** One message of the stream, in the shape Meetup's RSVP stream (/2/rsvps) had; times in ms since 1970. */
export interface Rsvp {
  readonly rsvp_id: number;
  readonly response: 'yes' | 'no';
  readonly guests: number;
  readonly mtime: number;
  readonly visibility: 'public';
  readonly event: { event_id: string; event_name: string; event_url: string; time: number };
  readonly group: {
    group_id: number;
    group_name: string;
    group_urlname: string;
    group_city: string;
    group_country: string;
    group_state: string;
    group_lat: number;
    group_lon: number;
    group_topics: { urlkey: string; topic_name: string }[];
  };
  readonly member: { member_id: number; member_name: string };
  readonly venue?: { venue_id: number; venue_name: string; lat: number; lon: number };
}

/**
 * The RSVP at a place in the stream: the same `seed` and `index` always give the same one, whenever and wherever asked.
 * Most RSVPs open a new event and the rest answer one of the last forty, so event ids grow as the stream goes on.
 */
export function rsvpAt(seed: number, index: number): Rsvp {
  const random = randomAt(seed, index);
  const isNewEvent = random() < 0.7;
  const eventIndex = isNewEvent ? index : Math.max(0, index - 1 - Math.floor(random() * 40));
  const { venue, ...event } = eventAt(seed, eventIndex);
  return {
    rsvp_id: 1_600_000_000 + index,
    response: random() < 0.8 ? 'yes' : 'no',
    guests: random() < 0.85 ? 0 : 1 + Math.floor(random() * 3),
    mtime: streamStart + index * 250,
    visibility: 'public',
    ...event,
    member: { member_id: 1_000_000 + Math.floor(random() * 200_000_000), member_name: pick(random, firstNames) },
    ...(venue ? { venue } : {}),
  };
}

/**
 * How long the stream waits before the event at `index`, in ms: exponential gaps, so that arrivals are a Poisson process of
 * `rate` events a second, cut at six mean gaps so that a watcher never takes a long gap for a dead stream.
 */
export function gapBefore(seed: number, index: number, rate: number): number {
  const u = randomAt(seed, index, 1)();
  return Math.min(-Math.log(1 - u), 6) * (1000 / rate);
}

// Fixed, not the clock: a replay must give the same bytes.
const streamStart = Date.UTC(2016, 5, 1);

function eventAt(seed: number, index: number): Pick<Rsvp, 'event' | 'group' | 'venue'> {
  const random = randomAt(seed, index, 2);
  const city = pick(random, cities);
  const topic = pick(random, topics);
  const groupName = `${city.name} ${topic.name} ${pick(random, groupWords)}`;
  const urlname = groupName.replaceAll(' ', '-');
  const eventId = String(231_000_000 + index * 7);
  const near = (degrees: number) => Number((degrees + (random() - 0.5) / 10).toFixed(4));
  const hasVenue = random() < 0.8;
  return {
    event: {
      event_id: eventId,
      event_name: `${topic.name} ${pick(random, occasions)} in ${city.name}`,
      event_url: `http://www.meetup.com/${encodeURIComponent(urlname)}/events/${eventId}/`,
      time: streamStart + (24 + Math.floor(random() * 24 * 60)) * 3_600_000,
    },
    group: {
      group_id: 1_000_000 + Math.floor(random() * 20_000_000),
      group_name: groupName,
      group_urlname: urlname,
      group_city: city.name,
      group_country: city.country,
      group_state: city.state,
      group_lat: near(city.lat),
      group_lon: near(city.lon),
      group_topics: [{ urlkey: topic.key, topic_name: topic.name }],
    },
    ...(hasVenue && {
      venue: {
        venue_id: 1_000_000 + Math.floor(random() * 25_000_000),
        venue_name: `${city.name} ${pick(random, venues)}`,
        lat: near(city.lat),
        lon: near(city.lon),
      },
    }),
  };
}
