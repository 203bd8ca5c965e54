import { unit } from 'ignition-ts';

/**
 * Docker's socket on TCP port 2375 of every address, as coreos-vagrant's `docker-tcp.socket` has it: for whoever set
 * $expose_docker_tcp. A proxy, so that docker.service is the same with and without it (systemd-socket-proxyd(8)).
 */
export function dockerTcpUnits() {
  return [
    unit({
      name: 'docker-tcp.socket',
      enabled: true,
      contents:
        '[Unit]\nDescription=Docker on TCP\n\n[Socket]\nListenStream=2375\n\n[Install]\nWantedBy=sockets.target\n',
    }),
    unit({
      name: 'docker-tcp.service',
      contents:
        '[Unit]\nDescription=Docker on TCP\nRequires=docker-tcp.socket\n\n' +
        '[Service]\nExecStart=/lib/systemd/systemd-socket-proxyd /run/docker.sock\n',
    }),
  ];
}
