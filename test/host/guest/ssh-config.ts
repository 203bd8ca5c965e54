import { join } from 'node:path';

/** One connection serves all commands: under emulation, each new one would take seconds of the guest's time. */
export function sshConfig(directory: string, key: string, port: number): string {
  const entries = {
    ...{ HostName: '127.0.0.1', Port: String(port), User: 'root', IdentityFile: key, IdentitiesOnly: 'yes' },
    ...{ StrictHostKeyChecking: 'no', UserKnownHostsFile: '/dev/null', LogLevel: 'ERROR', ConnectTimeout: '10' },
    ...{ ControlMaster: 'auto', ControlPath: join(directory, 'ssh'), ControlPersist: 'yes', ServerAliveInterval: '30' },
    ...{ ServerAliveCountMax: '10', BatchMode: 'yes' },
  };
  const lines = Object.entries(entries).map(([name, value]) => `  ${name} ${value}`);
  return `Host host\n${lines.join('\n')}\n`;
}
