import { agentsObey } from './agents-obey.ts';
import type { Checker } from './checker.ts';
import { convergence } from './convergence.ts';
import { daemonsLive } from './daemons-live.ts';
import { leaderOnly } from './leader-only.ts';
import { livingMachines } from './living-machines.ts';
import { needlessMoves } from './needless-moves.ts';
import { nothingLost } from './nothing-lost.ts';
import { placement } from './placement.ts';
import { quiet } from './quiet.ts';
import { runningTogether } from './running-together.ts';
import { singleCopy } from './single-copy.ts';
import { statesTold } from './states-told.ts';

/**
 * Every promise, each with a memory of its own.
 * @param fenced as of `singleCopy`
 */
export function allCheckers(fenced: boolean): Checker[] {
  return [
    singleCopy(fenced),
    runningTogether(),
    placement(),
    livingMachines(),
    leaderOnly(),
    needlessMoves(),
    agentsObey(fenced),
    nothingLost(),
    convergence(),
    statesTold(),
    quiet(),
    daemonsLive(),
  ];
}
