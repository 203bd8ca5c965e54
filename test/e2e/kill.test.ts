import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { remainsOf } from '../support/remains.ts';
import { e2eLab } from './e2e-lab.ts';
import { KillRounds, processesOf } from './kill-rounds.ts';

const rounds = Number(process.env['LAB_KILL_ROUNDS'] ?? 3);
/** `npm run kill-rounds` takes another one each time. */
const seed = Number(process.env['LAB_KILL_SEED'] ?? 4711);
const roundMs = 240_000;

beforeAll(async () => {
  expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.on('core-01', 'etcdctl set /kept yes')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.lab('snapshot', 'save', 'kept')).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await e2eLab.lab('destroy');
});

it.each(['lxcfs', 'dnsmasq', 'docker-registry'])(
  '%s comes back when it is shot, and a machine boots on it',
  async (program) => {
    const nameOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    const found = () =>
      processesOf(e2eLab.name).filter(({ pid, group }) => group === 'supervisor' && nameOf(pid) === program);
    const [before] = found();
    if (before === undefined) throw new Error(`${program} does not run`);
    process.kill(before.pid, 'SIGKILL');
    expect(await e2eLab.lab('cut', 'core-02')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
    const { stdout } = await e2eLab.on('core-02', 'free -m; getent hosts core-03; docker pull -q memcached:1');
    expect(stdout).toMatch(/^Mem: +2048 [^]*172\.17\.8\.103 +core-03[^]*memcached:1/m);
    expect(found()).not.toEqual([before]);
  },
);

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
