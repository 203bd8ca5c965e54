/**
 * A stream of numbers in [0, 1) that depends on nothing but `seed` and `index`, so that event 1,000 can be made without making
 * the 999 before it. Integer hash in the manner of splitmix32 (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", OOPSLA 2014). Not for secrets.
 */
export function randomAt(seed: number, index: number, salt = 0): () => number {
  let state = (mix(seed >>> 0) ^ mix(index >>> 0) ^ mix((Math.floor(index / 2 ** 32) + salt * 0x9e3779b1) >>> 0)) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
}

/** One element of a list that is known not to be empty. */
export function pick<const L extends readonly [unknown, ...unknown[]]>(random: () => number, list: L): L[number] {
  return list[Math.floor(random() * list.length)];
}

function mix(value: number): number {
  let z = (value + 0x9e3779b9) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
