import { type Kind, matching, orEmpty } from './kind.ts';

const unit =
  'seconds|second|sec|s|minutes|minute|min|months|month|M|msec|ms|m|hours|hour|hr|h|days|day|d|weeks|week|w|years|year|y|usec|us|µs|μs';
const number = String.raw`(\d+(\.\d+)?|\.\d+)`;

/** A span of time (systemd.time(7)). */
export const timeSpan: Kind = matching(
  new RegExp(String.raw`^\s*(infinity|${number}\s*(${unit})?(\s*${number}\s*(${unit})?)*)\s*$`),
  'it is no span of time',
  '5s, 1min 30s, or a number of seconds',
);

const names =
  'minutely|hourly|daily|monthly|weekly|yearly|annually|quarterly|semiannually|biannually|bi-annually|semi-annually';
const day = '(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';
const days = String.raw`${day}(?:(?:\.\.|-|,)${day})*,?`;
const field = String.raw`(?:\*|\d+(?:\.\d+)?)(?:\.\.\d+(?:\.\d+)?)?(?:\/\d+(?:\.\d+)?)?`;
const fields = `${field}(?:,${field})*`;
const date = `(?:${fields}-)?${fields}[-~]${fields}`;
const time = `${fields}:${fields}(?::${fields})?`;
const zone = String.raw`(?:UTC|[A-Z][\w+-]*(?:\/[\w+-]+)+)`;

/** When a timer elapses by the clock (systemd.time(7), "Calendar events"). */
export const calendar: Kind = orEmpty(
  matching(
    new RegExp(
      String.raw`^\s*(?:(?:${names})|@\d+|${days}|(?:${days}\s+)?${date}(?:\s+${time})?|(?:${days}\s+)?${time})(?:\s+${zone})?\s*$`,
      'i',
    ),
    'it is no calendar event',
    'daily, or Mon..Fri *-*-* 03:00:00',
  ),
); // prettier-ignore
