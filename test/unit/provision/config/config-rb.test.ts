import { describe, expect, it } from 'vitest';
import { load, loadError } from './config-directory.ts';

/** What a reader's config.rb of 2015 looks like, in words of our own: comments, the token block, settings. */
const bookEra = `# how many
$num_instances=3
$new_discovery_url="https://discovery.etcd.io/new?size=#{$num_instances}"
if File.exists?('user-data') && ARGV[0].eql?('up')
  require 'yaml'
  if true
    token = open($new_discovery_url).read
  end
end
$update_channel='alpha'
$vb_memory = 2048
#$share_home=false
$vm_gui = false
$shared_folders = {}
$forwarded_ports = { 80 => 8080,
  443 => 8443 }
`;

describe('config.rb', () => {
  it('of the book era is read, and what has no use here is said', () => {
    const { machines, notices } = load({ rb: bookEra });
    expect(machines).toHaveLength(3);
    expect(machines[0]?.memoryBytes).toBe(2 * 1024 ** 3);
    expect(notices).toEqual([
      'config.rb:3: $new_discovery_url: no discovery service is asked, the etcd members know each other.',
      'config.rb:10: $update_channel: the OS image is built from Debian, lab.toml [images] suite chooses it.',
      'config.rb:11: $vb_memory is the older name of $vm_memory and wins over it.',
      'config.rb:15: $forwarded_ports: every machine is reachable at its own address while the lab is up, no port is forwarded.',
      'config.rb:4: the discovery token block is not run: the etcd members know each other.',
    ]);
  });

  it('may set a variable twice: the last one counts, and that is said', () => {
    const { machines, notices } = load({ rb: '$num_instances = 1\n$num_instances = 5\n' });
    expect(machines).toHaveLength(5);
    expect(notices).toEqual(['config.rb:1: $num_instances is set again on line 2; the last one counts.']);
  });

  it.each([
    ['$num_instances = 1 + 2', 1, /cannot read `\+ 2`/],
    ['$vm_memory = 2.5', 1, /cannot read `2\.5`/],
    ['$vm_memory = 02048', 1, /octal/],
    ['\n$vm_cpus =', 2, /no value/],
    ['$vm_cpus =  # later', 1, /no value/],
    ['require "yaml"', 1, /not a `\$name = value` line/],
    ['$num_instances == 3', 1, /not a `\$name = value` line/],
    ['num_instances = 3', 1, /not a `\$name = value` line/],
    ['# a\n$instance_name_prefix = "core', 2, /not closed/],
    ['$instance_name_prefix = "a#{1+1}"', 1, /only #\{\$name\}/],
    ['$instance_name_prefix = "a#{$nothing}"', 1, /names nothing/],
    ['$forwarded_ports = { 80 : 8080 }', 1, /expected `=>`/],
    ['$forwarded_ports = { 80 => 8080', 1, /expected `,` or `}`/],
    ['if true\n$vm_cpus = 1\nend', 1, /not a `\$name = value` line/],
    ["if File.exists?('user-data') && ARGV[0].eql?('up')\n", 1, /no closing end/],
    ['=begin\n$vm_cpus = 1', 1, /no closing =end/],
  ])('%j cannot be read: line %i', (rb, line, cause) => {
    const error = loadError({ rb });
    expect(error.code).toBe('config.ruby');
    expect(error.message).toMatch(cause);
    expect(error.message).toContain(`config.rb:${line}: `);
    expect(error.next).toContain(`line ${line}`);
  });

  it('takes NUM_INSTANCES where it says nothing, and wins over it where it does (as in coreos-vagrant)', () => {
    const alone = load({ env: { NUM_INSTANCES: '1' } });
    expect(alone.machines).toHaveLength(1);
    expect(alone.notices[0]).toMatch(/deprecated/);
    const both = load({ rb: '$num_instances = 2', env: { NUM_INSTANCES: '1' } });
    expect(both.machines).toHaveLength(2);
    expect(both.notices[0]).toMatch(/has no effect: config\.rb:1/);
    expect(load({ env: { NUM_INSTANCES: '' } }).machines).toHaveLength(3);
  });

  it('knows block comments, __END__ and CRLF', () => {
    const rb = '=begin\nrequire "x"\n=end\r\n$num_instances = 2 # two\r\n__END__\nanything';
    expect(load({ rb }).machines).toHaveLength(2);
  });
});
