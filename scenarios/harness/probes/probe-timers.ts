/** Questions a second of each probe, unless a run asks for another rate. */
export const usualRate = 20;
/** How often the discovery keys are looked at, in ticks of the grid. */
export const servicesEveryTicks = 5;
/** Between two tries of a probe to connect, ms. */
export const retryMs = { couchbase: 500, socket: 200 } as const;
