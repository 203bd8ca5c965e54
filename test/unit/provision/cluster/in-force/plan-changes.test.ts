import { describe, expect, it } from 'vitest';
import { appliedNote, changeNote } from '#provision/cluster/in-force/change-note.ts';
import { configChanges, sizesApplied } from '#provision/cluster/in-force/config-changes.ts';
import { type ChangesSeen, planChanges } from '#provision/cluster/in-force/plan-changes.ts';
import { configOf, seenChange } from './changed-lab.ts';

const three = configOf(3);
const renamed = configOf(3, { rb: '$instance_name_prefix = "node"\n' });

function goes(seen: ChangesSeen) {
  const plan = planChanges(seen);
  if (plan.kind !== 'go') throw new Error(plan.cause);
  return {
    names: plan.config.machines.map(({ name }) => name),
    config: plan.config,
    later: plan.later.map(changeNote),
  };
}

it('what was not changed stays, whatever runs', () => {
  expect(planChanges(seenChange(three, three))).toEqual({ kind: 'go', config: three, later: [] });
});

describe('more machines', () => {
  it('join, at the addresses behind the others', () => {
    const { names, config, later } = goes(seenChange(three, configOf(5)));
    expect(names).toEqual(['core-01', 'core-02', 'core-03', 'core-04', 'core-05']);
    expect(config.machines.at(-1)).toEqual(configOf(5).machines.at(-1));
    expect(later).toEqual([]);
  });

  it('only those join that are to come up', () => {
    expect(goes(seenChange(three, configOf(5), { names: ['core-02'] })).names).toEqual([
      'core-01',
      'core-02',
      'core-03',
    ]);
    expect(goes(seenChange(three, configOf(5), { names: ['core-05'] })).names).toEqual([
      'core-01',
      'core-02',
      'core-03',
      'core-05',
    ]);
  });

  it('a single machine takes no second one in: etcd would be without a quorum until that has booted', () => {
    expect(planChanges(seenChange(configOf(1), three))).toEqual({
      kind: 'refuse',
      cause: expect.stringMatching(/^core-02 and core-03 cannot join core-01: /) as string,
      next: 'set $num_instances = 1 in config.rb again, or make the lab anew: lab destroy && lab up',
    });
    expect(goes(seenChange(configOf(2), three)).names).toHaveLength(3);
  });

  it('with another network they could not reach the others', () => {
    const network =
      '[network]\nrange = "172.18.8.0/24"\nbridge = "172.18.8.1"\nfirst_machine = "172.18.8.101"\nhost = "172.18.8.254"\n';
    expect(planChanges(seenChange(three, configOf(4, { toml: network })))).toMatchObject({
      kind: 'refuse',
      cause: expect.stringContaining('172.18.8.0/24') as string,
      next: expect.stringContaining('set [network] back in lab.toml') as string,
    });
  });
});

describe('fewer or other machines', () => {
  it('one with a disk is not thrown away: what runs, what is written, and every way out', () => {
    expect(planChanges(seenChange(three, configOf(2)))).toEqual({
      kind: 'refuse',
      cause:
        'config.rb says core-01 and core-02, and this lab has core-01, core-02 and core-03: ' +
        'what core-03 has on disk is not thrown away by lab up',
      next: 'set $num_instances = 3 in config.rb again, or lab destroy core-03 && lab up, or make the lab anew: lab destroy && lab up',
    });
  });

  it.each(['running', 'stopped', 'starting', 'stopping'] as const)('whether it is %s or not', (state) => {
    expect(planChanges(seenChange(three, configOf(2), { states: { 'core-03': state } })).kind).toBe('refuse');
  });

  it('two of three cannot go one by one: etcd would lose its quorum', () => {
    const plan = planChanges(seenChange(three, configOf(1)));
    expect(plan).toMatchObject({
      next: 'set $num_instances = 3 in config.rb again, or make the lab anew: lab destroy && lab up',
    });
  });

  it('guests are destroyed by Vagrant, which knows those of config.rb only', () => {
    const plan = planChanges(seenChange(configOf(3, { provider: 'vagrant' }), configOf(2, { provider: 'vagrant' })));
    expect(plan).toMatchObject({ next: expect.not.stringContaining('lab destroy core-03') as string });
  });

  it('once it was destroyed it is left out, while etcd has a quorum without it', () => {
    const absent = { states: { 'core-03': 'absent' } } as const;
    expect(goes(seenChange(three, configOf(2), absent)).names).toEqual(['core-01', 'core-02']);
    const both = { states: { 'core-03': 'absent', 'core-02': 'absent' } } as const;
    expect(planChanges(seenChange(three, configOf(1), both))).toMatchObject({
      kind: 'refuse',
      cause: 'etcd cannot let core-02 and core-03 go: of its 3 members 1 has a disk, and a quorum is 2',
    });
  });

  it('new ones that never came up do not count, where etcd can be asked', () => {
    const absent = { states: { 'core-03': 'absent', 'core-04': 'absent' } } as const;
    expect(planChanges(seenChange(configOf(4), configOf(2), absent)).kind).toBe('refuse');
    expect(goes(seenChange(configOf(4), configOf(2), { ...absent, members: 2 })).names).toEqual(['core-01', 'core-02']);
  });

  it('the status says so before: what is written, what there is, what can be done', () => {
    const notes = (absent: readonly string[]) => configChanges(three, configOf(2), absent).map(changeNote);
    const says = 'config.rb says core-01 and core-02, and the lab has core-01, core-02 and core-03; ';
    expect(notes([])).toEqual([
      `${says}set $num_instances back in config.rb, or make the lab anew: lab destroy && lab up`,
    ]);
    expect(notes(['core-03'])).toEqual([`${says}applied by: lab up`]);
    expect(configChanges(three, renamed, []).map(changeNote)).toEqual([
      'config.rb says node-01, node-02 and node-03, and the lab has core-01, core-02 and core-03; ' +
        'set $instance_name_prefix back in config.rb, or make the lab anew: lab destroy && lab up',
    ]);
  });

  it('another name is another machine', () => {
    expect(planChanges(seenChange(three, renamed))).toMatchObject({
      kind: 'refuse',
      cause: expect.stringMatching(
        /^config.rb says node-01, node-02 and node-03, and this lab has core-01, /,
      ) as string,
      next: 'set $instance_name_prefix = "core" in config.rb again, or make the lab anew: lab destroy && lab up',
    });
  });

  it('without a disk nothing is left to compare with', () => {
    const states = { 'core-01': 'absent', 'core-02': 'absent', 'core-03': 'absent' } as const;
    for (const written of [configOf(1), renamed, configOf(9)])
      expect(planChanges(seenChange(three, written, { states }))).toEqual({ kind: 'go', config: written, later: [] });
  });
});

describe('sizes', () => {
  const less = { rb: '$vm_memory = 1600\n$vm_cpus = 2\n' };

  it('of containers hold at once', () => {
    const { config, later } = goes(seenChange(three, configOf(3, less)));
    expect(config.machines).toEqual(configOf(3, less).machines);
    expect(later).toEqual([]);
    expect(configChanges(three, configOf(3, less), []).map(changeNote)).toEqual([
      '$vm_memory is 1600 in config.rb, and core-01, core-02 and core-03 have 2048; applied by: lab up',
      '$vm_cpus is 2 in config.rb, and core-01, core-02 and core-03 have 1; applied by: lab up',
    ]);
  });

  it('of guests hold from their next boot on', () => {
    const guests = configOf(3, { provider: 'vagrant' });
    const seen = seenChange(guests, configOf(3, { ...less, provider: 'vagrant' }), {
      states: { 'core-02': 'stopped' },
    });
    expect(goes(seen).later).toEqual([
      '$vm_memory is 1600 in config.rb, and core-01 and core-03 have 2048; applied by: lab halt core-01 core-03 && lab up core-01 core-03',
      '$vm_cpus is 2 in config.rb, and core-01 and core-03 have 1; applied by: lab halt core-01 core-03 && lab up core-01 core-03',
    ]);
  });
});

describe('lab.toml', () => {
  it.each([
    ['[timers]\nfleet_agent_ttl = "9s"\n', '[timers] fleet_agent_ttl is 9000 ms in lab.toml, and the lab has 5000 ms'],
    ['[timers]\netcd_election = "900ms"\n', '[timers] etcd_election is 900 ms in lab.toml, and the lab has 500 ms'],
    ['[timers]\netcd_heartbeat = "60ms"\n', '[timers] etcd_heartbeat is 60 ms in lab.toml, and the lab has 100 ms'],
    [
      '[network]\nflannel = "10.2.0.0/16"\n',
      '[network] flannel is 10.2.0.0/16 in lab.toml, and the lab has 10.1.0.0/16',
    ],
    [
      '[network]\nflannel_backend = "vxlan"\n',
      '[network] flannel_backend is vxlan in lab.toml, and the lab has host-gw',
    ],
    ['[network]\nhost = "172.17.8.253"\n', '[network] host is 172.17.8.253 in lab.toml, and the lab has 172.17.8.254'],
    ['[ports]\nfleet_api = 5001\n', '[ports] fleet_api is 5001 in lab.toml, and the lab has 49153'],
    ['[fleet]\nfence = false\n', '[fleet] fence is false in lab.toml, and the lab has true'],
    ['[fleet]\nauth = "tls"\n', '[fleet] auth is tls in lab.toml, and the lab has off'],
    ['[ports]\nregistry = 5001\n', '[ports] registry is 5001 in lab.toml, and the lab has 5000'],
  ])('%j stays as all machines have it, and is named', (toml, note) => {
    const { config, later } = goes(seenChange(three, configOf(3, { toml })));
    expect(later).toEqual([`${note}; applied by: lab destroy && lab up`]);
    expect(config).toEqual(three);
  });

  it('what the lab does for its machines changes with its next start', () => {
    const { config, later } = goes(seenChange(three, configOf(3, { toml: '[rsvp]\nrate = 9\n' })));
    expect(later).toEqual(['[rsvp] rate is 9 in lab.toml, and the lab has 4; applied by: lab halt && lab up']);
    expect(config.rsvp.rate).toBe(9);
    const states = { 'core-01': 'stopped', 'core-02': 'stopped', 'core-03': 'absent' } as const;
    expect(goes(seenChange(three, configOf(3, { toml: '[rsvp]\nrate = 9\n' }), { states })).later).toEqual([]);
  });

  it('images come from elsewhere with the next start of the lab, and until then from where they came', () => {
    const remote = 'remoteurl = "https://registry.example"\n';
    const toml = `[images]\n${remote}[images.couchbase]\nsource = "upstream"\n`;
    const { config, later } = goes(seenChange(three, configOf(3, { toml })));
    expect(later).toEqual([
      '[images] source is upstream for couchbase (library/couchbase:community-4.0.0) in lab.toml, and the lab has embedded; applied by: lab halt && lab up',
      '[images] remoteurl is https://registry.example in lab.toml, and the lab has none; applied by: lab halt && lab up',
    ]);
    expect(config.images).toEqual(three.images);
    const back = goes(seenChange(configOf(3, { toml: `[images]\nsource = "upstream"\n${remote}` }), three));
    expect(back.later[0]).toBe(
      '[images] source is embedded in lab.toml, and the lab has upstream; applied by: lab halt && lab up',
    );
    const states = { 'core-01': 'stopped', 'core-02': 'stopped', 'core-03': 'absent' } as const;
    const halted = goes(seenChange(three, configOf(3, { toml }), { states }));
    expect(halted.later).toEqual([]);
    expect(halted.config.images.upstream).toEqual({ couchbase: 'library/couchbase:community-4.0.0' });
  });

  it('deadlines hold at once', () => {
    const { config, later } = goes(seenChange(three, configOf(3, { toml: '[timers]\nboot_deadline = "99s"\n' })));
    expect(later).toEqual([]);
    expect(config.timers.bootDeadlineMs).toBe(99_000);
  });
});

it('what machines were given at once is said: sizes of containers, and of no others', () => {
  const smaller = { rb: '$vm_memory = 1600\n$vm_cpus = 2\n' };
  expect(sizesApplied(three, configOf(4, smaller)).map(appliedNote)).toEqual([
    'applied: $vm_memory is 1600 on core-01, core-02 and core-03 now, and was 2048',
    'applied: $vm_cpus is 2 on core-01, core-02 and core-03 now, and was 1',
  ]);
  expect(sizesApplied(three, three)).toEqual([]);
  const guests = (more = {}) => configOf(3, { provider: 'vagrant', ...more });
  expect(sizesApplied(guests(), guests(smaller))).toEqual([]);
});
