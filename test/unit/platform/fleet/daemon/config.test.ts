import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { reloadOf } from '#platform/fleet/daemon/reload.ts';
import { readConfig } from '#platform/fleet/daemon/config.ts';

const repoDir = join(import.meta.dirname, '../../../../..');
const always = { FLEET_MACHINE_ID: 'm1', FLEET_PUBLIC_IP: '192.0.2.1' };

/** @param conf text of /etc/fleet/fleet.conf; undefined: there is none */
const read = (env: Record<string, string>, conf?: string, argv: string[] = []) =>
  readConfig(argv, { ...always, ...env }, (path) => (path === '/etc/fleet/fleet.conf' ? conf : undefined));

function refusal(env: Record<string, string>, conf?: string): LabError {
  try {
    read(env, conf);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('what fleetd is told', () => {
  it('by a flag wins over a variable, which wins over fleet.conf, which wins over the default', () => {
    const conf = '# timers\nagent_ttl="30s"\n\n; of this machine\nmetadata = "region=eu,disk=ssd"\nresync=9s\n';
    const { config, notices } = read({ FLEET_AGENT_TTL: '20s', FLEET_RESYNC: '8s' }, conf, ['--resync=7s']);
    expect([config.agentTtl, config.resyncMs, config.shutdownWaitMs]).toEqual([20, 7000, 6000]);
    expect(config.metadata).toEqual({ region: 'eu', disk: 'ssd' });
    expect(notices).toEqual([]);
  });

  it.each(['etcd_servers=["http://a:1", "http://b:2"]', 'etcd_servers=http://a:1,http://b:2'])(
    'lists are read as fleet.conf.sample writes them, and plain: %s',
    (line) => {
      expect(read({}, line).config.etcdServers).toEqual(['http://a:1', 'http://b:2']);
    },
  );

  it('in another file, when a flag names one that is there', () => {
    const other = (path: string) => (path === '/srv/f.conf' ? 'agent_ttl=40s' : undefined);
    expect(readConfig(['--config', '/srv/f.conf'], always, other).config.agentTtl).toBe(40);
    expect(() => readConfig(['--config', '/nosuch'], always, other)).toThrow(/no file \/nosuch/);
  });

  it('of pages, leading and patience, as the original is', () => {
    const conf = 'disable_engine=true\ntoken_limit=50\netcd_request_timeout=1.5\n';
    expect(read({}, conf).config).toMatchObject({ disableEngine: true, tokenLimit: 50, etcdRequestTimeoutMs: 1500 });
    const none = { disableEngine: false, tokenLimit: 100, etcdRequestTimeoutMs: undefined };
    expect(read({}).config).toMatchObject(none);
    expect(refusal({}, 'token_limit=0')).toMatchObject({ code: 'config.number' });
    expect(refusal({ FLEET_DISABLE_ENGINE: 'maybe' })).toMatchObject({ code: 'config.switch' });
  });

  it('again: what may change at once does, the rest is named', () => {
    const now = read({}, 'metadata=a=b\n').config;
    const next = read({}, 'metadata=a=c\nagent_ttl=9s\nlisten=127.0.0.1:1\n').config;
    expect(reloadOf(now, next)).toEqual({
      config: { ...now, metadata: { a: 'c' }, agentTtl: 9 },
      changed: ['metadata', 'agentTtl'],
      afterRestart: ['listen'],
    });
    expect(reloadOf(now, read({}, 'metadata=a=b\n').config).changed).toEqual([]);
  });

  it('of options of the original that do nothing here: said, and no reason to stop', () => {
    const { notices } = read({ FLEET_VERBOSITY: '1' }, 'engine_reconcile_interval=1.0\ndisable_watches=false\n');
    expect(notices).toEqual([
      '/etc/fleet/fleet.conf:1: engine_reconcile_interval has no effect here',
      '/etc/fleet/fleet.conf:2: disable_watches has no effect here',
      'FLEET_VERBOSITY has no effect here',
    ]);
  });
});

describe('what no fleetd knows is refused, with its place and what was meant', () => {
  it.each([
    [{ FLEET_METADTA: 'a=b' }, undefined, 'FLEET_METADTA is no option of fleetd (did you mean FLEET_METADATA?)'],
    [
      { FLEET_ETCD_SERVER: 'x' },
      undefined,
      'FLEET_ETCD_SERVER is no option of fleetd (did you mean FLEET_ETCD_SERVERS?)',
    ],
    [{ FLEET_PUBLICIP: 'x' }, undefined, 'FLEET_PUBLICIP is no option of fleetd (did you mean FLEET_PUBLIC_IP?)'],
    [
      { FLEET_TOKEN_LIMITS: '1' },
      undefined,
      'FLEET_TOKEN_LIMITS is no option of fleetd (did you mean FLEET_TOKEN_LIMIT?)',
    ],
    [{}, 'x=1\n', '/etc/fleet/fleet.conf:1: x is no option of fleetd'],
    [{}, '\nagent-tll=5s', '/etc/fleet/fleet.conf:2: agent-tll is no option of fleetd (did you mean agent_ttl?)'],
    [{}, 'help=1', '/etc/fleet/fleet.conf:1: help is no option of fleetd'],
  ])('%j and %j', (env, conf, cause) => {
    expect(refusal(env, conf)).toMatchObject({ code: 'config.fleet-key', exitCode: 78, message: cause });
  });

  it('all of them at once', () => {
    const { message, evidence } = refusal({ FLEET_METADTA: '' }, 'metdata=\n');
    expect([message, ...evidence]).toEqual([
      expect.stringContaining('fleet.conf:1: metdata'),
      expect.stringContaining('FLEET_METADTA'),
    ]);
  });

  it.each(['[fleet]', 'agent_ttl 30s', '= 5s', 'agent ttl = 5s'])('a line that is no key=value: %s', (line) => {
    expect(refusal({}, `# fleet\n${line}\n`)).toMatchObject({
      code: 'config.fleet-conf',
      message: expect.stringContaining(`/etc/fleet/fleet.conf:2: "${line}"`) as string,
    });
  });

  it('and fleetd ends with it', async () => {
    const program = ['--import', 'tsx', join(repoDir, 'platform/fleet/fleetd.ts')];
    const env = { ...always, FLEET_METADTA: 'a=b' };
    const { exitCode, stderr } = await execa(process.execPath, program, { env, reject: false, cwd: repoDir });
    expect([exitCode, stderr.split('\n')]).toEqual([
      78,
      [
        'fleetd: FLEET_METADTA is no option of fleetd (did you mean FLEET_METADATA?)',
        '  next: fleetd --help lists them',
      ],
    ]);
  });
});
