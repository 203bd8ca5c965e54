import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { everyFenceRoute, fenceRoutes, fenceUnit, missingRoutes, standsIn } from '#provision/host/network/fence.ts';

const network = { cidr: '172.17.8.0/24', flannelCidr: '10.1.0.0/16' };

it('covers machines and containers by routes that systemd-networkd takes for the kernel’s own', () => {
  const routes = fenceRoutes('lab-lab', network).map((route) => route.join(' '));
  expect(routes).toEqual([
    expect.stringMatching(/^unreachable 172\.17\.8\.0\/24 metric 4294\d{6} proto kernel$/),
    expect.stringMatching(/^unreachable 10\.1\.0\.0\/16 metric 4294\d{6} proto kernel$/),
  ]);
});

it('differs for two labs of one range, so that each lowers its own', () => {
  expect(fenceRoutes('lab-one', network)).not.toEqual(fenceRoutes('lab-two', network));
});

it('is raised at a boot by a unit that systemd accepts, before there is a network', async () => {
  const text = fenceUnit('lab-lab', network);
  for (const route of fenceRoutes('lab-lab', network)) expect(text).toContain(`ip route replace ${route.join(' ')}\n`);
  expect(text).toContain('Before=network-pre.target');
  const dir = await mkdtemp(join(tmpdir(), 'lab-fence-'));
  try {
    await writeFile(join(dir, 'coreos-lab-lab-fence.service'), text);
    const { all } = await execa('systemd-analyze', ['verify', '--man=no', join(dir, 'coreos-lab-lab-fence.service')], {
      all: true,
      reject: false,
      env: { SYSTEMD_UNIT_PATH: `${dir}:` },
    });
    expect(all.split('\n').filter((line) => line.includes('coreos-lab-lab-fence'))).toEqual([]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it.runIf(process.getuid?.() === 0)('makes only the routes that do not stand, whatever else there is', async () => {
  const [first = [], second = []] = fenceRoutes('lab-lab', network);
  const [other = []] = fenceRoutes('lab-two', network);
  const add = (route: readonly string[]) => `ip route add ${route.join(' ')}`;
  const foreign = first.slice(0, -1).concat('static');
  const standsAfter = async (...routes: readonly (readonly string[])[]) => {
    const others = ['ip link set lo up', 'ip route add default dev lo', 'ip route add 172.17.8.0/24 dev lo metric 5'];
    const script = [...others, ...routes.map(add), 'cat /proc/net/route'].join(' && ');
    const { stdout } = await execa('unshare', ['--net', 'sh', '-c', script]);
    return standsIn(stdout, 'lab-lab', network);
  };
  const missingAfter = async (...routes: readonly (readonly string[])[]) => {
    const script = [...routes.map(add), 'ip -json route show type unreachable'].join(' && ');
    const { stdout } = await execa('unshare', ['--net', 'sh', '-c', script]);
    return missingRoutes('lab-lab', network, stdout);
  };

  expect(await missingAfter()).toEqual([first, second]);
  expect(await missingAfter(first)).toEqual([second]);
  expect(await missingAfter(second, other)).toEqual([first]);
  expect(await missingAfter(['unreachable', '172.17.8.0/24'], second)).toEqual([first]);
  // systemd-networkd would remove it.
  expect(await missingAfter(foreign, second)).toEqual([first]);
  expect(await missingAfter(first, other, second)).toEqual([]);

  expect(await standsAfter()).toBe(false);
  expect(await standsAfter(first)).toBe(false);
  expect(await standsAfter(second, other)).toBe(false);
  expect(await standsAfter(['unreachable', '172.17.8.0/24'], second)).toBe(false);
  expect(await standsAfter(['172.17.8.0/24', 'dev', 'lo', ...first.slice(2)], second)).toBe(false);
  expect(await standsAfter(first, other, second)).toBe(true);
});

it.runIf(process.getuid?.() === 0).each([
  ['0.0.0.0/1', '255.255.255.254/31'],
  ['10.255.0.128/25', '192.168.0.0/16'],
])('the kernel says of %s and %s what was asked of it', async (cidr, flannelCidr) => {
  const routes = fenceRoutes('lab-lab', { cidr, flannelCidr }).map((route) => `ip route add ${route.join(' ')}`);
  const { stdout } = await execa('unshare', ['--net', 'sh', '-c', [...routes, 'cat /proc/net/route'].join(' && ')]);
  expect(standsIn(stdout, 'lab-lab', { cidr, flannelCidr })).toBe(true);
  expect(standsIn(stdout, 'lab-two', { cidr, flannelCidr })).toBe(false);
});

it.runIf(process.getuid?.() === 0)('stands and falls in a network namespace of its own', async () => {
  const [first = [], second = []] = fenceRoutes('lab-lab', network);
  const script = [
    `ip route replace ${first.join(' ')} && ip route replace ${first.join(' ')} && ip route replace ${second.join(' ')}`,
    'ip route show type unreachable',
    'ip route get 172.17.8.101 2>&1',
    `ip route del ${first.join(' ')} && ip route del ${second.join(' ')} && ip route show type unreachable`,
  ].join('\n');
  const { stdout } = await execa('unshare', ['--net', 'sh', '-c', script], { reject: false });
  const lines = stdout.split('\n');
  expect(lines.filter((line) => line.startsWith('unreachable'))).toHaveLength(2);
  expect(lines.at(-1)).toContain('No route to host');
});

it.runIf(process.getuid?.() === 0)(
  'falls as a whole, also of ranges that it had before, and no other lab’s',
  async () => {
    const before = { cidr: '192.168.77.0/24', flannelCidr: '10.9.0.0/16' };
    const raise = (link: string, of: typeof network) =>
      fenceRoutes(link, of).map((route) => `ip route replace ${route.join(' ')}`);
    const script = [
      ...raise('lab-lab', before),
      ...raise('lab-lab', network),
      ...raise('lab-two', network),
      'ip route replace unreachable 10.5.0.0/16 proto kernel',
      `ip route flush ${everyFenceRoute('lab-lab').join(' ')}`,
      'ip route show type unreachable',
    ].join(' && ');
    const { stdout } = await execa('unshare', ['--net', 'sh', '-c', script]);
    const left = [...fenceRoutes('lab-two', network).map(([, cidr]) => cidr), '10.5.0.0/16'];
    expect(stdout.split('\n').map((line) => line.split(' ')[1])).toEqual(expect.arrayContaining(left));
    expect(stdout.split('\n')).toHaveLength(left.length);
  },
);
