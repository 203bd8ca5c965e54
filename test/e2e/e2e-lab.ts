import { LabCli } from '../support/lab-cli.ts';

/** A CI host may stand still for seconds. What the default TTL gives is the benchmark's to say, not a test's. */
export const e2eLab = new LabCli('e2e', '[timers]\nfleet_agent_ttl = "10s"\n');
