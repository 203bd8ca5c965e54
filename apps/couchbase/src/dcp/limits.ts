/** What a stream of changes may cost. README.md has the same table. */
export const dcpLimits = {
  /** Changes that wait for one consumer, with their documents, bytes: beyond it they are looked up when their turn comes. */
  queueBytes: 4 * 1024 * 1024,
  /** Documents that are looked at for one consumer before others have their turn. */
  documentsPerTurn: 20_000,
  /** Silence after which a consumer that agreed to it is asked for a sign of life, unless it says how long; twice that is too long, ms. */
  noopMs: 180_000,
  /** Longest name of a connection, bytes. */
  nameBytes: 200,
} as const;
