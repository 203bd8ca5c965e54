import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa, execaSync } from 'execa';

const repoDir = join(import.meta.dirname, '../../..');
const arch = process.arch;
const own = `24.21.0-${arch}`;

/** What the launcher runs beside node, npm and Debian's tools. */
const tools =
  'sh cat chmod cmp cp cut dirname find flock getent grep id mkdir mv readlink rm sed sleep stat tail touch uname';

export interface Outcome {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface Caller {
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: number;
}

/**
 * The real launcher in a checkout that is installed and built, on a PATH with programs of our own: they stand for the system's
 * node, npm, apt-get, dpkg-query and ldd, and keep a log of what they were asked.
 */
export class ScratchCheckout {
  readonly dir = mkdtempSync(join(tmpdir(), 'coreos-lab-launcher-'));
  readonly root: string;
  readonly bin = join(this.dir, 'bin');
  readonly home = join(this.dir, 'home');
  readonly nodes = join(this.home, '.cache/coreos-lab/node');
  readonly ownNode = join(this.nodes, own, 'bin/node');
  readonly #log = join(this.dir, 'log');

  /** @param name of the checkout's directory: by default with a blank and a quote, as a reader's may have */
  constructor(name = "my lab's") {
    this.root = join(this.dir, name);
    chmodSync(this.dir, 0o755);
    const rooms = ['cli', 'dashboard', 'errors', 'guide', 'provision/host', 'platform', 'scenarios', 'site', 'apps'];
    for (const room of [...rooms, 'node_modules', 'dist/cli']) mkdirSync(join(this.root, room), { recursive: true });
    for (const file of ['lab', 'provision/host/find-node.sh']) copyFileSync(join(repoDir, file), join(this.root, file));
    for (const file of [
      'package-lock.json',
      'node_modules/.coreos-lab-lock',
      'build.mjs',
      'dist/cli/main.cjs',
      'dist/.built',
    ])
      writeFileSync(join(this.root, file), '');
    mkdirSync(this.bin);
    mkdirSync(this.home);
    for (const tool of tools.split(' '))
      symlinkSync(execaSync('sh', ['-c', `command -v ${tool}`]).stdout, join(this.bin, tool));
    this.program('ldd', `! grep -q libnode "$1" || echo '	libnode.so.115 => /lib/libnode.so.115'`);
    this.program('dpkg-query', 'exit 1');
  }

  program(name: string, body: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  node(version: string, more = ''): void {
    this.program('node', fakeNode(version) + more);
  }

  /** @param before what it does on `install` before the binary is there */
  npm(before = ''): void {
    this.program('npm', this.#npm(before));
  }

  /** apt-get that brings npm, and Node 18 where there is no other. */
  apt(): void {
    writeFileSync(join(this.dir, 'npm'), `#!/bin/sh\n${this.#npm('')}\n`);
    writeFileSync(join(this.dir, 'node'), `#!/bin/sh\n${fakeNode('18.20.4')}\n`);
    this.program(
      'apt-get',
      `echo "apt-get $*" >>'${this.#log}'
case "$*" in *update*) exit 0 ;; esac
for name in node npm; do [ -e '${this.bin}'/$name ] || { cp '${this.dir}'/$name '${this.bin}'; chmod 755 '${this.bin}'/$name; }; done`,
    );
  }

  /** As after a first `git clone`. */
  clean(): void {
    for (const name of ['node_modules', 'dist']) rmSync(join(this.root, name), { recursive: true });
  }

  /** In a process group of its own, so that all of it can be killed. */
  start(args: readonly string[], { env, user }: Caller = {}) {
    const launcher = join(this.root, 'lab');
    const as = user === undefined ? [] : ['/usr/bin/setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
    const [program = '', ...words] = [...as, launcher, ...args];
    return execa(program, words, {
      env: { PATH: this.bin, HOME: this.home, ...env },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      cwd: '/',
      detached: true,
    });
  }

  async run(args: readonly string[] = ['status'], caller: Caller = {}): Promise<Outcome> {
    const { exitCode, stdout, stderr } = await this.start(args, caller);
    return { code: exitCode, stdout, stderr };
  }

  /** The same in a mount namespace in which the checkout is read-only. */
  async runReadOnly(args: readonly string[]): Promise<Outcome> {
    const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && PATH=$LAB_PATH exec "$0/lab" "$@"';
    const { exitCode, stdout, stderr } = await execa('unshare', ['--mount', 'sh', '-c', script, this.root, ...args], {
      env: { PATH: process.env['PATH'], LAB_PATH: this.bin, HOME: this.home },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      cwd: '/',
    });
    return { code: exitCode, stdout, stderr };
  }

  /** What npm and apt-get were asked, a line each. */
  asked(): string[] {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trimEnd().split('\n') : [];
  }

  /** Every path in the checkout and the home, to see that nothing was written. */
  files(): string {
    return execaSync('find', [this.root, this.home, '-printf', '%p %T@\\n']).stdout;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #npm(before: string): string {
    const binary = `node_modules/node-linux-${arch}/bin/node`;
    return `node --version >/dev/null || exit 1
case $1 in
  --version) echo 9.2.0; exit ;;
  ci) echo "npm ci with $(node --version)" >>'${this.#log}'; mkdir -p node_modules; exit ;;
esac
echo "npm $*" >>'${this.#log}'
mkdir -p '${binary.slice(0, -'/node'.length)}'
${before}
cat >'${binary}' <<'END'
#!/bin/sh
${fakeNode('24.21.0')}
END
chmod 755 '${binary}'`;
  }
}

/** The CLI's part: says with which Node and PATH it runs. */
function fakeNode(version: string): string {
  return `case $1 in
  --version) echo v${version} ;;
  build.mjs) mkdir -p dist && touch dist/.built ;;
  *) echo "$0 ${version} no-install=$LAB_NO_INSTALL"; echo "$PATH" ;;
esac
`;
}

/** The directories of a PATH that the CLI printed, without the administrator's, which the launcher puts behind it. */
export function pathOf(outcome: Outcome): string[] {
  const all = (outcome.stdout.split('\n')[1] ?? '').split(delimiter);
  if (all.splice(-3).join() !== '/usr/local/sbin,/usr/sbin,/sbin') throw new Error('no sbin at the end of the PATH');
  return all;
}
