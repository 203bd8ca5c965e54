const mebibyte = 1024 * 1024;

/** What storage takes of disk, memory and time. README.md has those that a user may meet. */
export const storageLimits = {
  /** Disk space that is taken ahead of a log's end, so that what was admitted can be written. */
  extentBytes: mebibyte,
  /** Of it, what documents may not use: an administrator can flush and drop on a disk that is full. */
  reserveBytes: 512 * 1024,
  /** Records that wait for their write, about; it comes at the latest before the answer. */
  frameBytes: mebibyte,
  /** From a write to its fsync when nobody waits for that, ms. */
  syncMs: 200,
  /** A log is written anew when it is this much larger than twice what it has to say, or has so many files. */
  slackBytes: 32 * mebibyte,
  files: 16,
  /** After a disk was full: how long until the next attempt to write anew, s. */
  retryS: 5,
} as const;
