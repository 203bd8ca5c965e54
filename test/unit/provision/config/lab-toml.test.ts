import { describe, expect, it } from 'vitest';
import { readToml } from '#provision/config/toml-file.ts';
import { loadError } from './config-directory.ts';

describe('lab.toml', () => {
  it.each([
    ['[timers]\nfleet_agent_ttl = 5s', 'config.toml', 'lab.toml:2:20: '],
    ['[timers]\na = 1\na = 2', 'config.toml', "lab.toml:3:6: Can't redefine existing key"],
    [
      '[timers]\nfleet_agent_tll = "5s"',
      'config.key',
      '2: unknown key fleet_agent_tll in [timers] (did you mean fleet_agent_ttl?)',
    ],
    ['[timers]\nrate = 4', 'config.key', 'lab.toml:2: key rate belongs under [rsvp], not [timers]'],
    ['\n[timer]\nx = 1', 'config.key', 'lab.toml:2: unknown section [timer] (did you mean timers?)'],
    ['name = "x"', 'config.key', 'lab.toml:1: key name belongs under [lab]'],
    ['lab = 5', 'config.value', 'lab.toml:1: [lab] must be a table'],
    [
      '[timers]\nfleet_agent_ttl = 5',
      'config.value',
      'lab.toml:2: [timers] fleet_agent_ttl must be a duration in quotes',
    ],
    [
      '[timers]\n\nfleet_agent_ttl = "5"',
      'config.value',
      'lab.toml:3: [timers] fleet_agent_ttl must be a number with a unit',
    ],
    ['[timers]\nboot_deadline = "1ms"', 'config.value', 'must be from "1s" to "1h"'],
    ['[lab]\nname = "much-too-long-a-name"', 'config.value', 'lab.toml:2: [lab] name must be 1 to 11 characters'],
    ['[lab]\nstate_dir = "relative"', 'config.value', 'absolute path'],
    ...['/a,b', '/a:b', '/a%b', '/a$b'].map((dir) => [`[lab]\nstate_dir = "${dir}"`, 'config.value', 'absolute path']),
    ['[network]\nrange = "172.17.8.1/24"', 'config.value', 'lab.toml:2: [network] range must be an IPv4 network'],
    ['[network]\nbridge = "172.17.8.256"', 'config.value', 'IPv4 address'],
    ['[network]\nflannel_backend = "udp"', 'config.value', 'must be "host-gw" or "vxlan"'],
    ['[images]\nsource = "docker"', 'config.value', 'must be "embedded" or "upstream"'],
    ['[fleet]\nfence = "true"', 'config.value', 'lab.toml:2: [fleet] fence must be true or false'],
    ['[fleet]\nfences = true', 'config.key', 'lab.toml:2: unknown key fences in [fleet] (did you mean fence?)'],
    [
      '[fleet]\nfence = true\nauth = "mtls"',
      'config.value',
      'lab.toml:3: [fleet] auth must be one of "off", "token", "tls", "token+tls"',
    ],
    ['[rsvp]\nrate = 0', 'config.value', 'must be at least 0.01'],
    ['[rsvp]\nseed = -1', 'config.value', 'whole number from 0'],
    ['rsvp.seed = 1.5', 'config.value', 'lab.toml:1: [rsvp] seed must be a whole number'],
    ['[ports]\nregistry = 9223372036854775807', 'config.value', 'lab.toml:2: [ports] registry'],
  ])('%j is refused', (toml, code, cause) => {
    const error = loadError({ toml });
    expect(error).toMatchObject({ code, exitCode: 78 });
    expect(error.message).toContain(cause);
  });

  it('shows every mistake at once, in the order of the file', () => {
    const error = loadError({ toml: '[rsvp]\nrate = "x"\n[lab]\nname = ""\nnmae = "x"\n' });
    expect([error.message, ...error.evidence].map((line) => line.slice(0, 11))).toEqual([
      'lab.toml:2:',
      'lab.toml:4:',
      'lab.toml:5:',
    ]);
  });

  it('says so when the file cannot be read', () => {
    expect(() => readToml('/nonexistent/lab.toml')).toThrow('cannot read /nonexistent/lab.toml: ENOENT');
  });
});
