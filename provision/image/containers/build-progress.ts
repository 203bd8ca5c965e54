/** One step of building the container images, as it happens. */
export interface BuildProgress {
  /** `lab/node:20`, or `registry` for what concerns all images. */
  readonly image: string;
  readonly phase: 'wait' | 'fetch' | 'build' | 'push' | 'cached' | 'done';
  readonly detail: string;
}
