import { expect } from 'vitest';
import type { Impairment } from '#provision/machines/machine-provider.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';
import { repoDir } from '../../support/lab-cli.ts';
import { type BootRequest, bootHost } from './boot-host.ts';
import { guestCheckout, syncCheckout } from './checkout.ts';
import type { Outcome } from './guest-shell.ts';
import type { HostGuest } from './host-guest.ts';

/** An emulated CPU; the guests of `lab test --tier vagrant` have the same. */
const stretch = 10;
export const minuteMs = 60_000;

/** PID of the process that holds the lab, as a shell expression for the guest. */
export const supervisorPid = "$(pgrep -f '^unshare --pid.*supervisor-spec.json')";

/** The lab of a fresh checkout on an emulated host, its timers as long as such a host needs them. */
export class LabOnGuest {
  readonly guest: HostGuest;
  readonly #say: (line: string) => void;

  private constructor(guest: HostGuest, say: (line: string) => void) {
    this.guest = guest;
    this.#say = say;
  }

  static async boot(request: Omit<BootRequest, 'onProgress'>): Promise<LabOnGuest> {
    const say = (line: string) => console.log(`[${request.suite}] ${line}`);
    const guest = await bootHost({ ...request, onProgress: say });
    await syncCheckout(guest, repoDir, { installed: false });
    await guest.ask(`sed -i 's/^stretch = 1$/stretch = ${stretch}/' ${guestCheckout}/lab.toml`);
    return new LabOnGuest(guest, say);
  }

  /** `./lab WORDS` in the guest, whatever its exit code. */
  async run(words: string, deadlineMs = 15 * minuteMs): Promise<Outcome> {
    const began = performance.now();
    const command = `cd ${guestCheckout} && ./lab ${words}`;
    const outcome = await this.guest.run(command, { deadlineMs, onLine: this.#say });
    this.#say(`lab ${words}: exit code ${outcome.exitCode} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return outcome;
  }

  /** The same, which must succeed. @returns its standard output */
  async must(words: string, deadlineMs?: number): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(words, deadlineMs);
    expect([exitCode, exitCode === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    return stdout;
  }

  async machines(): Promise<{ name: string; state: string; etcd: string }[]> {
    return (
      JSON.parse(await this.must('status --json')) as { machines: { name: string; state: string; etcd: string }[] }
    ).machines;
  }

  /**
   * All machines run, and etcd is healthy on each; a member that waits for its emulated CPU may be late with its answer.
   * @throws LabError `timeout.condition` with what there is instead
   */
  async isWhole(): Promise<void> {
    let found: string[] = [];
    await waitUntil({
      condition: 'three machines run, with a healthy etcd each',
      deadlineMs: 20 * minuteMs,
      everyMs: 1_000,
      next: this.guest.sshCommand,
      evidence: () => found,
      check: async () => {
        found = (await this.machines()).map(({ name, state, etcd }) => `${name} ${state} ${etcd}`);
        return found.length === 3 && found.every((line) => line.endsWith(' running healthy'));
      },
    });
  }

  /** A fault, through the supervisor's control socket. */
  async impair(machine: string, verb: 'impair' | 'lift', impairment: Impairment): Promise<void> {
    const body = JSON.stringify(JSON.stringify({ impairment }));
    const program = `const request = require("node:http").request({ socketPath: "/run/coreos-lab/lab/control.sock",
        method: "POST", path: "/machines/${machine}/${verb}" }, (response) => {
          response.pipe(process.stderr); process.exitCode = response.statusCode === 200 ? 0 : 1 });
      request.end(${body});`;
    await this.guest.ask(`$(ls /root/.cache/coreos-lab/node/*/bin/node) -e '${program}'`);
  }
}
