const mebibyte = 1024 * 1024;

/**
 * What views may cost, for each bucket. Bytes of rows are those of their JSON text; times are CPU time where they end in CpuMs, and
 * for calls, reduces and requests those of a usual host: where starting the process took longer, they are as many times longer.
 */
export const viewLimits = {
  /** All design documents of a bucket, as JSON text. */
  designBytes: 16 * mebibyte,
  /** Length of the source of a map or reduce function, characters. */
  sourceLength: 64 * 1024,
  /** One call of a map or reduce function. */
  callCpuMs: 500,
  /** Documents over the limit of time or memory until the view is given up. */
  strikes: 3,
  /** Memory of the JavaScript that a view's functions run in. */
  sandboxBytes: 96 * mebibyte,
  /** A document larger than this may take the sandbox's memory without being a strike. */
  largeDocumentBytes: 4 * mebibyte,
  rowsOfDocument: 10_000,
  bytesOfDocument: mebibyte,
  /** Longest key, as the real server has it. */
  keyBytes: 4096,
  rowsOfView: 500_000,
  bytesOfView: 32 * mebibyte,
  rowsOfBucket: 1_000_000,
  bytesOfBucket: 64 * mebibyte,
  /** Reduce functions in JavaScript, over one query. */
  reduceCpuMs: 30_000,
  /** Work after which the process looks at its next request. */
  stepMs: 100,
  pageRows: 1000,
  pageBytes: 256 * 1024,
  /** Queries whose rows are on their way, page by page. */
  cursors: 32,
  /** Documents and bytes handed over at once; a single document may be larger. */
  batchDocuments: 200,
  batchBytes: 256 * 1024,
  /** Until the process is ready, however slow the host. */
  startMs: 120_000,
  /** One request to the process; beyond it the process is killed. */
  requestCpuMs: 10_000,
  requestMs: 120_000,
  /** Until a view is given up: how often in a row its process was killed for what it cost, or ended otherwise, at its work. */
  kills: 2,
  ends: 6,
  heapMebibytes: 320,
  /** Resident memory of the process; beyond it the process is killed. */
  residentBytes: 640 * mebibyte,
  /** A client that takes no row for so long is cut off. */
  idleClientMs: 60_000,
} as const;

/** Milliseconds between two looks at what a working process costs. */
export const watchIntervalMs = 100;
