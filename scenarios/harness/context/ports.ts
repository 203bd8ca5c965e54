/** Ports that the units publish and the apps listen on; stated-timers.test.ts compares. */
export const pagePort = 3000;
/** Couchbase's REST API and console, and its views. */
export const couchbasePorts = { rest: 8091, views: 8092 } as const;
