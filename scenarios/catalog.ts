import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import { chaos } from './chaos/chaos.ts';
import { deploy } from './deploy/deploy.ts';
import { failover } from './failover/failover.ts';
import { layersScenario } from './layers/layers.ts';
import { quorum } from './quorum/quorum.ts';
import { rejoin } from './rejoin/rejoin.ts';
import { rolling } from './rolling/rolling.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario of the lab, by name. */
export const scenarios: readonly Scenario[] = [
  deploy,
  bootstrap,
  failover,
  quorum,
  layersScenario,
  rejoin,
  rolling,
  chaos,
];

/** @throws LabError `missing.scenario` naming those there are */
export function findScenario(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario !== undefined) return scenario;
  const names = scenarios.map((candidate) => candidate.name);
  throw new LabError({
    code: 'missing.scenario',
    cause: `there is no scenario ${name}${didYouMean(name, names)}; there are: ${names.join(', ')}`,
    next: 'lab scenario, or for a file of your own: lab scenario ./NAME.ts',
  });
}
