import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TypedInShell } from './typed-in-shell.ts';

let typed: TypedInShell;
beforeEach(() => {
  typed = new TypedInShell();
  for (const program of ['ssh', 'vagrant', 'docker']) typed.recorder(join(typed.outer, program));
});
afterEach(() => typed.remove());

/** Machines of this provider are not looked for in the host's cgroups. */
const guests = () => typed.write('provider', 'vagrant\n');
const spec = (osRoot: string, machines: readonly [string, string][]) =>
  typed.write(
    'supervisor-spec.json',
    `${JSON.stringify({ lab: 'x', machines: machines.map(([name, address]) => ({ name, address, osRoot })) }, null, 2)}\n`,
  );

describe('ssh', () => {
  it('to a machine that does not run says so, and what starts it: 74', async () => {
    typed.disk('core-02');
    expect(await typed.type('ssh core-02 true')).toMatchObject({
      exitCode: 74,
      err: 'error core-02 is halted [state.machine]\nnext  vagrant up core-02   (or: lab up core-02)',
    });
    expect((await typed.type('ssh core@core-03')).err).toContain('core-03 is absent');
  });

  it.each(['ssh example.invalid ls -l', 'ssh -p 22 -v core-09 true', 'ssh -V', 'ssh'])(
    "%s is the host's own, word for word",
    async (line) => {
      const words = line.split(' ').map((word) => `<${word}>`);
      expect((await typed.type(line)).out).toContain(`${words.join('')} `);
    },
  );

  it("goes to the machine's address as core, with the lab's key, and the reader's words behind", async () => {
    guests();
    const { out } = await typed.type("ssh -t core-02 'docker ps | head -n 1'");
    expect(out).toContain('<-o><HostName=172.17.8.102>');
    expect(out).toContain(`<-i><${typed.state}/keys/id_ed25519><-o><User=core><-t><core-02><docker ps | head -n 1>`);
  });

  it.each(['ssh root@core-02', 'ssh -l root core-02'])('%s leaves the user as it is asked', async (line) => {
    guests();
    const { out } = await typed.type(line);
    expect(out).toContain('HostName=172.17.8.102');
    expect(out).not.toContain('User=core');
  });

  it('knows machines that came after the shell was begun', async () => {
    guests();
    spec('/nowhere', [
      ['core-01', '172.17.8.101'],
      ['core-04', '172.17.8.104'],
    ]);
    expect((await typed.type('ssh core-04')).out).toContain('HostName=172.17.8.104');
  });
});

describe('vagrant', () => {
  it("is Vagrant itself where it makes the machines, on this checkout's Vagrantfile", async () => {
    guests();
    const { out } = await typed.type('vagrant halt core-02');
    expect(out).toMatch(/^<vagrant><halt><core-02>.* CWD=\/\S+$/);
  });

  it('is Vagrant itself for a new lab that is to have virtual machines', async () => {
    expect((await typed.type('vagrant up --provider libvirt')).out).toMatch(/^<vagrant><up><--provider><libvirt>/);
  });

  it('ssh wants a machine, and hands on a command and options', async () => {
    expect(await typed.type('vagrant ssh')).toMatchObject({ exitCode: 64 });
    expect(await typed.type('vagrant ssh core-09')).toMatchObject({ exitCode: 68 });
    expect(await typed.type('vagrant ssh core-02 -c')).toMatchObject({ exitCode: 64 });
    const { exitCode, err } = await typed.type("vagrant ssh core-02 -c 'hostname; date' -- -v");
    expect({ exitCode, err }).toMatchObject({
      exitCode: 74,
      err: expect.stringContaining('core-02 is absent') as string,
    });
  });
});

describe('fleetctl and etcdctl', () => {
  it.each(['fleetctl list-units', 'etcdctl ls /'])('%s without a machine that runs: 74', async (line) => {
    const { exitCode, err } = await typed.type(line);
    expect(exitCode).toBe(74);
    expect(err).toBe('error no machine of lab shelltest runs [state.lab-down]\nnext  vagrant up   (or: lab up)');
  });

  it('help needs none', async () => {
    expect(await typed.type('fleetctl help')).toMatchObject({ exitCode: 0 });
    expect(await typed.type('etcdctl --version')).toMatchObject({ exitCode: 0 });
  });

  it("an endpoint of the reader's own is left alone", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{"machines":[{"id":"abcdef0123456789","primaryIP":"10.9.9.9"}]}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const { out } = await typed.type('fleetctl list-machines --no-legend | grep -E "10[.]9"', {
      FLEETCTL_ENDPOINT: `http://127.0.0.1:${port}`,
    });
    server.close();
    expect(out).toContain('10.9.9.9');
    expect(asked).not.toEqual([]);
  });
});

describe('docker', () => {
  beforeEach(() => {
    const root = join(typed.dir, 'os image');
    typed.recorder(join(root, 'usr/bin/docker'));
    spec(root, [['core-01', '172.17.8.101']]);
  });

  it('asks the engine of a virtual machine by ssh, with the client of the image', async () => {
    guests();
    expect((await typed.type('docker ps -a')).out).toMatch(/^<docker><ps><-a> DOCKER_HOST=ssh:\/\/core@core-01 /);
  });

  it('without a machine that runs: 74', async () => {
    expect(await typed.type('docker ps')).toMatchObject({ exitCode: 74 });
  });

  it('asks the engine that DOCKER_HOST names', async () => {
    const { out } = await typed.type('docker ps', { DOCKER_HOST: 'unix:///x.sock' });
    expect(out).toMatch(/^<docker><ps> DOCKER_HOST=unix:\/\/\/x.sock /);
  });

  it.each([
    ['docker push mattbailey/mine', 'mattbailey/mine', '172.17.8.1:5000/mattbailey/mine'],
    ['docker push -q mine:2', 'mine:2', '172.17.8.1:5000/library/mine:2'],
  ])("%s goes to the lab's registry", async (line, name, target) => {
    const { out } = await typed.type(line, { DOCKER_HOST: 'unix:///x.sock' });
    const [tag, push] = out.split('\n');
    expect(tag).toContain(`<docker><tag><${name}><${target}>`);
    expect(push).toContain(`<docker><push>${line.includes('-q') ? '<-q>' : ''}<${target}> `);
  });

  it.each(['10.0.0.1:5000/x', 'localhost/x', 'registry.invalid/x/y:1'])('push %s goes where it says', async (name) => {
    const { out } = await typed.type(`docker push ${name}`, { DOCKER_HOST: 'unix:///x.sock' });
    expect(out).toMatch(/^<docker><push>/);
    expect(out).toContain(`<${name}> `);
  });

  it.each([
    ['docker build .', 'docker build without a name', 64],
    ['docker build -t mine /nowhere', 'an address or a directory that is not there is the engine’s', 0],
    ['docker build -t mine -', 'standard input is the engine’s', 0],
    ['docker build -t mine --squash .', 'what lab image build has not is the engine’s', 0],
  ])('%s: %s', async (line, _, expected) => {
    guests();
    const { exitCode, out, err } = await typed.type(line);
    expect(exitCode).toBe(expected);
    if (expected === 0) expect(out).toMatch(/^<docker><build>/);
    else expect(err).toContain('error the image needs a name');
  });

  it('builds with the engine that DOCKER_HOST names', async () => {
    const { out } = await typed.type('docker build -t mine .', { DOCKER_HOST: 'unix:///x.sock' });
    expect(out).toMatch(/^<docker><build><-t><mine><.> DOCKER_HOST=unix:\/\/\/x.sock /);
  });

  it.each(['docker build -t a/mine -t b:2 .', 'docker image build --rm --tag=a/mine --pull --tag=b:2 -q .'])(
    '%s is the lab’s, and the engine gets what it made',
    async (line) => {
      guests();
      const root = join(typed.dir, 'checkout');
      typed.recorder(join(root, 'lab'));
      const { exitCode, out } = await typed.type(line, { LAB_SHELL_ROOT: root });
      const [built, ...pulled] = out.split('\n');
      expect(exitCode).toBe(0);
      expect(built).toMatch(/^<lab><image><build>.*<\.> DOCKER_HOST= /);
      expect(pulled.map((text) => text.split(' ')[0])).toEqual([
        '<docker><pull><--quiet><a/mine>',
        '<docker><pull><--quiet><b:2>',
      ]);
    },
  );

  it('pushes nothing that is in the registry already', async () => {
    const registry = 'registry/pushed/docker/registry/v2';
    typed.write(`${registry}/repositories/a/mine/_manifests/tags/latest/current/link`, 'sha256:abcd');
    typed.write(`${registry}/blobs/sha256/ab/abcd/data`, '{"config":{"digest":"<docker><image><inspect>"}}');
    // The recorder says as an image's id how it was called.
    const id = '<docker><image><inspect><--format><{{.Id}}><a/mine>';
    const { out } = await typed.type('docker push a/mine', { DOCKER_HOST: 'x' });
    expect(out).toContain('<docker><tag>');
    typed.write(`${registry}/blobs/sha256/ab/abcd/data`, `${id} DOCKER_HOST=x CWD=`);
    expect((await typed.type('docker push a/mine', { DOCKER_HOST: 'x' })).out).toBe(
      "a/mine is in the lab's registry: sha256:abcd",
    );
  });

  it('needs the image of the machines, where the host has no client of its own', async () => {
    typed.write('supervisor-spec.json', '{}\n');
    const tools = join(typed.dir, 'tools');
    mkdirSync(tools);
    for (const tool of ['sh', 'sed', 'head']) symlinkSync(`/bin/${tool}`, join(tools, tool));
    const programs = join(import.meta.dirname, '../../../../cli/shell/programs');
    const { exitCode, err } = await typed.type(`${programs}/docker ps`, { PATH: tools, DOCKER_HOST: 'unix:///x.sock' });
    expect(exitCode).toBe(69);
    expect(err).toContain('no docker client');
  });
});
