// What a scenario is written with; what else it may import is in harness/README.md.
export { choice, flag, integer, text, machineTarget } from './harness/context/parameters.ts';
export { scenario } from './harness/context/scenario.ts';
export type { InvariantName, Needs, Scenario, ScenarioContext } from './harness/context/scenario.ts';
