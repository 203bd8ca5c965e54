import { text } from 'node:stream/consumers';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { afterAll, beforeAll, expect } from 'vitest';
import { mustHave } from '#errors/must-have.ts';
import { runProgram, type LabCli } from '../lab-cli.ts';
import { within } from '../within.ts';
import type { UnitRun } from './run-of-unit.ts';

/** `docker stop` asks by SIGTERM and shoots after that: what needs longer than a unit gives is shown by 137. */
const stopMs = 20_000;

/**
 * Points Testcontainers, in this process, at the engine of a machine, by what `lab env` has a reader's shell evaluate and nothing else. To be
 * called before it has asked any engine: it asks one in its life.
 */
async function useEngineOf(lab: LabCli, machine: string): Promise<void> {
  const shown = await runProgram('sh', ['-c', `eval "$(./lab env ${machine})" && env -0`], { env: lab.env });
  if (shown.exitCode !== 0) throw new Error(shown.stderr);
  const lines = shown.stdout.split('\0').map((line) => line.split(/=(.*)/s));
  for (const [name = '', value = ''] of lines) if (/^(DOCKER|TESTCONTAINERS)_/.test(name)) process.env[name] = value;
}

/** A lab of its own for a file of tests, whose engine they use. */
export function onEngineOf(lab: LabCli, machine: string): void {
  beforeAll(async () => {
    expect(await lab.lab('destroy')).toMatchObject({ exitCode: 0 });
    expect(await lab.lab('up')).toMatchObject({ exitCode: 0 });
    await useEngineOf(lab, machine);
  });
  afterAll(async () => {
    await lab.lab('destroy');
  });
}

/** The container that a unit would run, without the unit's fixed name. */
export function containerOf(run: UnitRun): GenericContainer {
  const container = new GenericContainer(run.image).withExposedPorts(...run.ports).withEnvironment(run.env);
  return run.openFiles === undefined ? container : container.withUlimits({ nofile: run.openFiles });
}

export interface Contract {
  readonly user: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly workDir: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** PATH aside, which every image has. */
  readonly env: readonly string[];
  /** At flannel's address of its machine. */
  readonly address: string;
}

/** What `docker inspect` shows of a container's image, and where it is. */
export async function inspected(container: StartedTestContainer, own: UnitRun['env'] = {}): Promise<Contract> {
  const client = await getContainerRuntimeClient();
  const { Config, Mounts, NetworkSettings } = await client.container.inspect(
    client.container.getById(container.getId()),
  );
  const given = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  return {
    user: Config.User,
    ports: Object.keys(Config.ExposedPorts ?? {}).sort(),
    volumes: [...Object.keys(Config.Volumes ?? {}), ...Mounts.map(({ Destination }) => Destination)],
    workDir: Config.WorkingDir,
    entrypoint: [Config.Entrypoint ?? []].flat(),
    command: Config.Cmd,
    env: Config.Env.filter((line) => !line.startsWith('PATH=') && !given.includes(line)),
    address: mustHave(NetworkSettings.Networks['bridge'], 'network of the container').IPAddress,
  };
}

export interface End {
  readonly exitCode: number;
  readonly said: string;
}

/** Stops a container as `docker stop` does, and removes it. */
export async function stopped(container: StartedTestContainer): Promise<End> {
  await container.stop({ remove: false, timeout: stopMs });
  return ended(container);
}

/** What a container that ends by itself, or has ended, left; it is removed then. */
export async function ended(container: StartedTestContainer): Promise<End> {
  const client = await getContainerRuntimeClient();
  const own = client.container.getById(container.getId());
  const { StatusCode } = (await within(own.wait(), `container ${container.getName()}`)) as { StatusCode: number };
  const said = await text(await client.container.logs(own));
  await client.container.remove(own, { removeVolumes: true });
  return { exitCode: StatusCode, said };
}
