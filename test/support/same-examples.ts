/**
 * Where CI is set, properties are tried with the same examples each time: what a change is refused for is in that change. Elsewhere every
 * run has examples of its own, and fast-check tells the seed of one that fails.
 */
export const isSameEachTime = (process.env['CI'] ?? '') !== '';

if (isSameEachTime) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_130 });
}
