/** What fleet's agent needs of systemd. `systemdDriver` is the real one, `memorySystemd` the fake at this seam. */
export interface SystemdDriver {
  /** Unit files this driver has put there, also by an earlier process: they are adopted, not started again. */
  installed(): Promise<InstalledUnit[]>;
  /**
   * systemd's word on these units, in one look. A unit that systemd does not know has load `not-found`.
   * @throws LabError `timeout.systemd` when it does not answer
   */
  observe(names: readonly string[]): Promise<Map<string, ObservedUnit>>;
  /** Writes all files; systemd knows them then. Never throws for one unit: failures are per unit. */
  load(units: readonly { name: string; text: string }[]): Promise<Failures>;
  /**
   * Queues start jobs in this order, without waiting for them; remembers that the units were started. A timer, socket or path whose
   * service is not loaded fails at once, instead of being taken and left dead as systemd does.
   */
  start(names: readonly string[]): Promise<Failures>;
  /** Queues stop jobs without waiting for them; forgets that those units were started for which it could. */
  stop(names: readonly string[]): Promise<Failures>;
  /** Removes unit files that no longer run, and clears their failed state; systemd knows them no more. */
  unload(names: readonly string[]): Promise<Failures>;
  /** Is the machine itself going down (systemd then stops every unit)? */
  shuttingDown(): Promise<boolean>;
  /** Calls `wake` with the unit's name whenever systemd says something about it. */
  follow(wake: (unit: string) => void): { close(): void };
  /** Lets go of systemd: nobody is woken any more. Units run on. */
  close(): void;
}

export interface InstalledUnit {
  readonly name: string;
  readonly text: string;
  /** Was it started by this driver (and not stopped since)? */
  readonly started: boolean;
  /** Of one that was started: systemd was asked to stop it, and has not said yet that it will. It may run on, be stopping, or be down. */
  readonly stopping: boolean;
}

export interface ObservedUnit {
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  /** Names one run of the unit: systemd gives each start a new one (InvocationID). '' before the first. */
  readonly invocation: string;
}

/** Unit name -> one line saying what went wrong. */
export type Failures = Map<string, string>;
