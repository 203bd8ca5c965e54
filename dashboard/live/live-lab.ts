import type { Lab } from '#provision/cluster/lab.ts';
import { startLooking } from '#scenarios/harness/watch/looker.ts';
import type { LabState } from '../moment/seen.ts';
import { type FollowOptions, type LabFollower, followLab } from './follow-lab.ts';

/** A look at whether the lab is up, and at what no watch tells of it, ms. Slow machines get more time. */
const lookEveryMs = 2_000;

interface LiveOptions extends FollowOptions {
  /** The lab as it is made of now, whether it is up or not. It may be another one after a `lab destroy`. */
  readonly describeLab: () => Promise<Lab>;
}

/** Follows one lab by its name over everything that happens to it, `lab destroy` and the next `lab up` among that. */
export class LiveLab {
  readonly #options: LiveOptions;
  #lab: Lab;
  #follower: LabFollower | undefined;
  #state: LabState | undefined;

  constructor(lab: Lab, options: LiveOptions) {
    this.#lab = lab;
    this.#options = options;
  }

  /** As it is made of now. */
  get lab(): Lab {
    return this.#lab;
  }

  /** @returns how to end it, once the first look is over */
  async start(): Promise<() => Promise<void>> {
    const looker = startLooking({
      takeLook: () => this.#lookAround(),
      atLeastEveryMs: lookEveryMs * this.#lab.config.stretch,
      // The next look is soon; what a person is to know the cluster's own watch says.
      onFailure: () => undefined,
      onRecovery: () => undefined,
    });
    await looker.first;
    return async () => {
      await looker.stop();
      await this.#follower?.stop();
    };
  }

  async #lookAround(): Promise<void> {
    // A lab that is not up may be made anew, of something else.
    if (this.#state !== 'up') this.#lab = await this.#options.describeLab();
    const { up, machines } = await this.#lab.provider().status();
    const state = up ? 'up' : machines.some((one) => one.state !== 'absent') ? 'down' : 'gone';
    if (state !== this.#state) await this.#become(state);
    await this.#follower?.lookAt(machines);
  }

  async #become(state: LabState): Promise<void> {
    this.#state = state;
    await this.#follower?.stop();
    this.#follower = undefined;
    this.#options.tell({ type: 'lab', data: { name: this.#lab.config.name, state } });
    if (state === 'up') this.#follower = await followLab(this.#lab, this.#options);
  }
}
