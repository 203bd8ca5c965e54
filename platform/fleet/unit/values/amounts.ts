import { hasSpecifier, type Kind, matching, orEmpty } from './kind.ts';

const size = String.raw`\s*(?:\d+(?:\.\d*)?\s*[EPTGMKB]\s*)*\d+(?:\.\d*)?\s*[EPTGMKB]?\s*`;
const percent = String.raw`(?:\d{1,2}(?:\.\d{1,2})?|100)%`;

const takenAsBytes = new RegExp(`^(?:infinity|${percent}|${size})$`);

/** MemoryLimit= and its like: bytes with K, M, G, ... of 1024, a share of the memory, or no limit. */
export const memory: Kind = orEmpty((value) => {
  const inCapitals = value.toUpperCase().replace(/I?B$/, '');
  const example = takenAsBytes.test(inCapitals) ? inCapitals : '512M';
  return takenAsBytes.test(value) ? undefined : { cause: 'it is no number of bytes (K, M, G are of 1024)', example };
});

/** TasksMax=. */
export const tasks: Kind = orEmpty(
  matching(new RegExp(`^(?:infinity|${percent}|0*[1-9]\\d*)$`), 'it is no number of tasks', '512'),
);

/** CPUQuota=, in percent of one CPU. */
export const quota: Kind = orEmpty(matching(/^(?!0+(?:\.0+)?%)\d+(?:\.\d{1,2})?%$/, 'it has no % at its end', '50%'));

const bytes = new RegExp(`^${size}$`);
const plain = /^\s*\+?(?:0x[\da-f]+|\d+)\s*$/i;

/** LimitNOFILE= and its like: `infinity`, one number for both limits, or SOFT:HARD. */
export function limit(of: 'count' | 'bytes'): Kind {
  const one = of === 'bytes' ? bytes : plain;
  const example = of === 'bytes' ? '64M' : '65536';
  return (value) => {
    if (hasSpecifier(value)) return undefined;
    const limits = value.split(':');
    const [soft = '', hard] = limits;
    if (limits.length > 2 || !limits.every((text) => text === 'infinity' || one.test(text))) {
      return { cause: 'it is no limit', example: /^(?:unlimited|-1)$/.test(value) ? 'infinity' : example };
    }
    if (of === 'bytes' || hard === undefined || hard === 'infinity') return undefined;
    return soft === 'infinity' || Number(soft) > Number(hard)
      ? { cause: 'the first limit, the soft one, is above the hard one', example: `${hard}:${soft}` }
      : undefined;
  };
}
