const dayMs = 24 * 60 * 60 * 1000;

/** A moment as a person reads it, in this host's time zone: `14:03:22`, with its date where that is not within a day of now. Pure. */
export function wallTime(moment: Date, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(':');
  if (Math.abs(now.getTime() - moment.getTime()) < dayMs) return time;
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${time}`;
}
