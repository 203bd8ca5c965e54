import { spawn } from 'node:child_process';

export interface AppProcess {
  /** Everything printed so far, both streams. */
  output(): string;
  /** Resolves with the first match; rejects when the process ends or `deadlineMs` passes without one. */
  printed(pattern: RegExp, deadlineMs?: number): Promise<RegExpMatchArray>;
  /** Exit code, or the signal's name. */
  readonly exited: Promise<number | NodeJS.Signals>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** A bundle as a process of its own, with nothing of this environment but what is given. */
export function startApp(entry: string, env: Record<string, string>, args: string[] = []): AppProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('close', (code, signal) => {
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
  return {
    output: () => text,
    exited,
    printed: (pattern, deadlineMs = 45_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text);
          if (match) finish(() => resolve(match));
        };
        const finish = (settle: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          settle();
        };
        const missing = (why: string): void => {
          finish(() => {
            reject(new Error(`${why} without ${String(pattern)}; it printed:\n${text}`));
          });
        };
        const timer = setTimeout(() => missing(`${deadlineMs} ms passed`), deadlineMs);
        listeners.add(look);
        look();
        void exited.then(() => {
          look();
          missing('the process ended');
        });
      }),
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await exited;
    },
  };
}
