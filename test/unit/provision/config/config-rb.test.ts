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

  it('takes sizes in quotes, as the hypervisors do, and no count, with which Ruby does not count', () => {
    const { machines } = load({ rb: '$vm_memory = "3072"\n$vm_cpus = \'1\'\n' });
    expect(machines[0]).toMatchObject({ memoryBytes: 3072 * 1024 * 1024, cpus: 1 });
    expect(loadError({ rb: '$num_instances = "3"\n' })).toMatchObject({ code: 'config.value' });
  });

  it("takes variables of the reader's own where another is made of them, and refuses one that nothing uses", () => {
    const { machines } = load({
      rb: '$base = 1024\n$nodes ||= 2\n$num_instances = $nodes\n$vm_memory = "#{$base * 2}"\n',
    });
    expect(machines).toHaveLength(2);
    expect(machines[0]).toMatchObject({ memoryBytes: 2048 * 1024 * 1024 });
    for (const rb of ['$base = 1024\n', '$num_instances = 2\n$base ||= $num_instances\n', '$num_instance = 3\n'])
      expect(loadError({ rb }), rb).toMatchObject({ code: 'config.variable' });
  });

  it('a string may name what is only assigned by default, as where the line above it is commented out', () => {
    const { notices } = load({ rb: '#$num_instances=3\n$new_discovery_url="http://x/new?size=#{$num_instances}"\n' });
    expect(notices).toEqual([expect.stringContaining('config.rb:2: $new_discovery_url: no discovery service')]);
    const { machines } = load({ rb: '$instance_name_prefix="#{$instance_name_prefix}#{$vm_memory}"\n' });
    expect(machines[0]?.name).toBe('core2048-01');
  });

  it.each([
    ['$num_instances = 1 + two', 1, /cannot read `two`/],
    ['$num_instances = 1 + "2"', 1, /1 \+ "2" is no value/],
    ['$num_instances = 1 / 0', 1, /1 \/ 0 is no value/],
    ['$num_instances = 7 / 2', 1, /7 \/ 2 is no value/],
    ['$num_instances = (1 + 2', 1, /this `\(` is not closed/],
    ['$num_instances = true ? 1', 1, /expected `:` of `\? :`/],
    ['$num_instances = `nproc`', 1, /cannot read `.nproc.`/],
    ['$vm_memory = File.exist?("/x") ? 1 : 2', 1, /cannot read `File/],
    ['$vm_memory = Integer("4k")', 1, /"4k" is no whole number/],
    ['$vm_memory = Integer("010")', 1, /"010" is no whole number/],
    ['$vm_memory = ENV.fetch("NOTHING")', 1, /the environment has no NOTHING/],
    ['$vm_memory = ENV[:MB]', 1, /ENV takes a name in quotes/],
    ['$vm_memory = 1024 if File.exist?("big")', 1, /cannot read `File/],
    ['$vm_memory = 1024 while true', 1, /cannot read `while true` after/],
    ['$vm_memory = "4".to_i(16)', 1, /cannot read `\.to_i\(16\)`/],
    ['$vm_memory &&= 1024', 1, /not a `\$name = value` line/],
    ['$vm_memory = 02048', 1, /octal/],
    ['\n$vm_cpus =', 2, /no value/],
    ['$vm_cpus =  # later', 1, /no value/],
    ['require "yaml"', 1, /not a `\$name = value` line/],
    ['$num_instances == 3', 1, /not a `\$name = value` line/],
    ['num_instances = 3', 1, /not a `\$name = value` line/],
    ['# a\n$instance_name_prefix = "core', 2, /not closed/],
    ['$instance_name_prefix = "a#{1+one}"', 1, /cannot read `one/],
    ['$instance_name_prefix = "a#{1; 2}"', 1, /holds more than a value/],
    ['$instance_name_prefix = "a#{$nothing}"', 1, /names nothing/],
    ['$forwarded_ports = { 80 : 8080 }', 1, /expected `=>`/],
    ['$forwarded_ports = { 80 => 8080', 1, /expected `,` or `}`/],
    ['if true\n$vm_cpus = 1\nend', 1, /not a `\$name = value` line/],
    ["if File.exists?('user-data') && ARGV[0].eql?('up')\n", 1, /no closing end/],
    ['=begin\n$vm_cpus = 1', 1, /no closing =end/],
    ['$forwarded_ports = {\n  80 => 8080\n  443 => 8443\n}', 3, /expected `,` or `}`, not `443 => 8443`/],
    ['$forwarded_ports = {\n  80 => 8080,\n# the end', 1, /this `\{` is not closed/],
    ['$forwarded_ports = {\n  80 => # none\n}', 3, /cannot read `}`/],
    ['$shared_folders = {\n  "/a" => "/b",\n  "/c" => "/d\n}', 3, /a string opened by " is not closed/],
    ['$shared_folders = {\n  "/a" =>\n    Dir.home }', 3, /cannot read `Dir.home/],
    ['$update_channel = <<EOS\nalpha\n EOS', 1, /no line below is EOS/],
    ['$update_channel = <<~EOS\nalpha\n#{beta}\nEOS', 3, /cannot read `beta/],
    ['$update_channel = <<A\n#{<<B}\nb\nB\nA', 2, /cannot begin within/],
    ['$update_channel = "#@channel"', 1, /only #\$name/],
    ['$update_channel = %W[#{x}]', 1, /cannot read `x/],
    ['$update_channel = %w[a\nb', 1, /not closed/],
    ['$vm_memory =\n  512 ** 4', 2, /cannot read `\*\* 4`/],
    ['$vm_memory = [1, 2].first', 1, /cannot read `\.first`/],
    ['$vm_memory = 1_000_', 1, /cannot read/],
    ['$vm_memory =\n$vm_cpus = 1', 1, /\$vm_memory has no value/],
    ['$vm_memory =;', 1, /no value/],
    ['$num_instances = 1; puts 1', 1, /not a `\$name = value` line/],
    ['$vm_memory = \\u0041', 1, /cannot read/],
    [`$vm_memory = ${'['.repeat(100)}`, 1, /nested too deeply/],
    [`$vm_memory = ${'('.repeat(100)}`, 1, /nested too deeply/],
    [`$vm_memory = ${'!'.repeat(100)}1`, 1, /nested too deeply/],
    [`$vm_memory = ${'1 ? 2 : '.repeat(100)}3`, 1, /nested too deeply/],
  ])('%j cannot be read: line %i', (rb, line, cause) => {
    const error = loadError({ rb });
    expect(error.code).toBe('config.ruby');
    expect(error.message).toMatch(cause);
    expect(error.message).toContain(`config.rb:${line}: `);
    expect(error.next).toContain(`line ${line}`);
  });

  it.each([
    ['$vm_memory = 2.5', 1, '$vm_memory must be a whole number from 256 to 1048576, not 2.5', '$vm_memory = 2048'],
    [
      '$vm_memory =\n  "2 GB"',
      2,
      '$vm_memory must be a whole number from 256 to 1048576, not "2 GB"',
      '$vm_memory = 2048',
    ],
    ['$num_instances = :all', 1, '$num_instances must be a whole number from 1 to 9, not :all', '$num_instances = 3'],
    ['$vm_cpus = [1]', 1, '$vm_cpus must be a whole number from 1 to 256, not [1]', '$vm_cpus = 1'],
    ["$instance_name_prefix = 'Core'", 1, 'not ending in -, not "Core"', '$instance_name_prefix = "core"'],
  ])('%j is read, and refused: line %i', (rb, line, cause, example) => {
    const error = loadError({ rb });
    expect(error.code).toBe('config.value');
    expect(error.message).toContain(`config.rb:${line}: `);
    expect(error.message).toContain(cause);
    expect(error.next).toBe(`Edit line ${line} of config.rb, for example: ${example}`);
  });

  it.each([
    ['$forwarded_ports = {\n  80 => 8080, # web\n  "ssh" => 22,\n}', 3, '"ssh" => 22', '{8091 => 8091}'],
    ['$forwarded_ports = {\n  80 => 8080,\n  443 =>\n    70000,\n}', 3, '443 => 70000', '{8091 => 8091}'],
    ['$forwarded_ports = { http: 8080 }', 1, ':http => 8080', '{8091 => 8091}'],
    ['$forwarded_ports =\n  [80, 8080]', 2, '[80, 8080]', '{8091 => 8091}'],
    ['$forwarded_ports = {"080" => 8080}', 1, '"080" => 8080', '{8091 => 8091}'],
    ["$shared_folders = {\n  'a' => '/a',\n  'b' => 'b'\n}", 3, '"b" => "b"', "{'/srv/data' => '/data'}"],
    ["$shared_folders = '/srv'", 1, '"/srv"', "{'/srv/data' => '/data'}"],
    ['$expose_docker_tcp = 0', 1, '0', '$expose_docker_tcp = 2375'],
    ['\n$enable_serial_logging = "yes"', 2, '"yes"', '$enable_serial_logging = true'],
  ])('%j does not fit a virtual machine: line %i', (rb, line, shown, example) => {
    const error = loadError({ rb, provider: 'vagrant' });
    expect(error.code).toBe('config.value');
    expect(error.message.startsWith(`config.rb:${line}: `)).toBe(true);
    expect(error.message.endsWith(`, not ${shown}`)).toBe(true);
    expect(error.next).toContain(example);
  });

  it.each(['nspawn' as const, 'vagrant' as const])('takes ports as text, as Vagrant does: %s', (provider) => {
    const rb = `$forwarded_ports = {"80" => "8080", '443' => 8443}\n$expose_docker_tcp = '2375'\n`;
    const { vagrant } = load({ rb, provider });
    const guests = {
      forwarded: [
        { guest: 80, host: 8080 },
        { guest: 443, host: 8443 },
      ],
      dockerTcp: 2375,
    };
    expect(vagrant.ports).toEqual(provider === 'vagrant' ? guests : { forwarded: [] });
  });

  it('takes sizes from the environment, with a default', () => {
    const rb = `$num_instances = (ENV['LAB_N'] || 2).to_i
$vm_memory = Integer(ENV.fetch('LAB_MB', '3072'))
$vm_memory = 4096 if ENV['LAB_BIG'] == 'yes'
$vm_cpus = ENV['LAB_CPUS'] ? ENV['LAB_CPUS'].to_i : 1
$instance_name_prefix ||= "node"
$vb_memory ||= 2 * 1024 unless ENV.key?('LAB_MB')
`;
    const { machines, notices } = load({ rb });
    expect(machines).toHaveLength(2);
    expect(machines[0]).toMatchObject({ name: 'core-01', memoryBytes: 2048 * 1024 * 1024, cpus: 1 });
    expect(notices).toContain(
      'config.rb:5: $instance_name_prefix ||= has no effect, it is "core" already (as in coreos-vagrant): write =.',
    );
    const set = load({ rb, env: { LAB_N: '4', LAB_MB: '2500', LAB_BIG: 'yes', LAB_CPUS: '2' } }).machines;
    expect(set).toHaveLength(4);
    expect(set[0]).toMatchObject({ memoryBytes: 4096 * 1024 * 1024, cpus: 2 });
  });

  it('a name is looked at where its value is not taken, too; text of the environment is no number', () => {
    expect(loadError({ rb: '$vm_memry = 4096 if false' })).toMatchObject({ code: 'config.variable' });
    const error = loadError({ rb: "$num_instances = ENV['N'] || 3", env: { N: '5' } });
    expect(error).toMatchObject({ code: 'config.value' });
    expect(error.next).toContain('example: $num_instances = 5 (.to_i makes a number of text)');
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
