import type {
  ExecResult,
  Impairment,
  MachineProvider,
  MachineState,
  ProviderCapability,
} from '#provision/machines/machine-provider.ts';

/**
 * Machines in memory, at the seam where a provider is plugged in: they hold what was done to them, so that a test asks
 * for the state of the lab and not for the calls that led to it.
 */
export class FakeProvider implements MachineProvider {
  readonly name = 'nspawn';
  readonly capabilities: readonly ProviderCapability[] = [
    ...(['halt', 'cut', 'reboot', 'exec', 'pause', 'partition', 'packet-loss', 'slow-cpu', 'slow-disk'] as const),
  ];
  readonly needs = { box: undefined };
  readonly bootedByOthers = undefined;
  readonly states: Map<string, MachineState>;
  readonly impaired = new Map<string, Impairment>();
  readonly stoppedUnits = new Set<string>();
  /** What to refuse: `lift core-02`, `impair core-01`, `halt core-03`. */
  readonly refuses = new Set<string>();
  /** Everything that was done, in order. */
  readonly done: string[] = [];
  /** A halt or cut is held until this resolves. */
  gate: Promise<void> = Promise.resolve();

  constructor(machines: readonly string[]) {
    this.states = new Map(machines.map((name) => [name, 'running']));
  }

  readonly guestOf = (): undefined => undefined;
  readonly preflight = async (): Promise<void> => undefined;
  readonly prepare = async (): Promise<void> => undefined;
  readonly offerIgnition = async (): Promise<void> => undefined;
  readonly endGround = async (): Promise<void> => undefined;
  readonly copies = undefined;
  readonly destroy = async (): Promise<void> => undefined;
  readonly waitBooted = async (): Promise<'running'> => 'running';

  async destroyMachine(machine: string): Promise<void> {
    this.#do('destroy', machine);
    this.states.set(machine, 'absent');
  }

  async status() {
    return { up: true, machines: [...this.states].map(([name, state]) => ({ name, state })) };
  }

  async start(machine: string): Promise<void> {
    this.#do('start', machine);
    this.states.set(machine, 'running');
  }

  async halt(machine: string): Promise<'halted'> {
    await this.cut(machine, 'halt');
    return 'halted';
  }

  async cut(machine: string, verb = 'cut'): Promise<void> {
    this.#do(verb, machine);
    await this.gate;
    this.states.set(machine, 'stopped');
  }

  async reboot(machine: string): Promise<void> {
    this.#do('reboot', machine);
  }

  async impair(machine: string, impairment: Impairment): Promise<void> {
    this.#do('impair', machine);
    this.impaired.set(`${machine} ${impairment.kind}`, impairment);
  }

  async lift(machine: string, impairment: Impairment): Promise<void> {
    this.#do('lift', machine);
    this.impaired.delete(`${machine} ${impairment.kind}`);
  }

  async readJournal(): Promise<string> {
    return '';
  }

  async exec(machine: string, argv: readonly string[]): Promise<ExecResult> {
    this.#do(argv.join(' '), machine);
    const unit = `${argv.at(-1) ?? ''} ${machine}`;
    if (argv[1] === 'stop') this.stoppedUnits.add(unit);
    if (argv[1] === 'start') this.stoppedUnits.delete(unit);
    const exitCode = argv[1] === 'is-active' && this.stoppedUnits.has(unit) ? 3 : 0;
    return { exitCode, stdout: argv[1] === 'show' ? 'loaded\n' : '', stderr: '' };
  }

  #do(verb: string, machine: string): void {
    const text = `${verb} ${machine}`;
    if (this.refuses.has(text)) throw new Error(`${text}: refused`);
    this.done.push(text);
  }
}
