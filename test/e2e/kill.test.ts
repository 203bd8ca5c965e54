import { afterAll, beforeAll, expect, it } from 'vitest';
import { remainsOf } from '../support/remains.ts';
import { e2eLab } from './e2e-lab.ts';
import { KillRounds } from './kill-rounds.ts';

const rounds = Number(process.env['LAB_KILL_ROUNDS'] ?? 3);
const seed = Number(process.env['LAB_KILL_SEED'] ?? Math.floor(Math.random() * 1e9));
const roundMs = 90_000;

beforeAll(async () => {
  expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.on('core-01', 'etcdctl set /kept yes')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.lab('snapshot', 'save', 'kept')).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await e2eLab.lab('destroy');
});

it(
  `${rounds} processes of the lab, shot at random moments: status tells the truth, up converges, destroy leaves nothing`,
  async () => {
    console.log(`LAB_KILL_SEED=${seed}`);
    const killing = new KillRounds(e2eLab, seed, (line) => console.log(line));
    for (let round = 1; round <= rounds; round += 1) await killing.round(`round ${round}/${rounds}`);
    expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
    expect(await remainsOf(e2eLab.name)).toEqual([]);
  },
  rounds * roundMs + 60_000,
);
