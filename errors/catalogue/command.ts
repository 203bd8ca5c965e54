import type { EntriesOf } from './entry.ts';

/** Programs that the lab ran, and that failed. */
export const command = {
  'command.*': {
    means: 'A program that the lab ran failed; its name is behind the point, its last lines are the evidence.',
    remedy: 'The error says what it was to do and what to try next.',
  },
  'command.apt-config': {
    means: '`apt-config dump` failed, so it is not known how this host reaches its Debian mirror.',
    remedy: '`apt-config dump`, and correct the file below /etc/apt that it names.',
  },
  'command.boot': {
    means:
      "A machine did not finish booting, or one of the lab's services failed in it. The evidence is their journal.",
    remedy: '`lab ssh MACHINE -- systemctl --failed`; on a slow host set stretch under [timers] in lab.toml.',
  },
  'command.browser': {
    means: 'xdg-open could not show a report, or the pages of `lab docs`.',
    remedy: 'Open the file that the error names in a browser, here or after copying it.',
  },
  'command.buildah': {
    means: 'buildah could not build or push a container image. Its last lines are the evidence.',
    remedy: 'Correct what they name (a Dockerfile, the disk, the network of apt), then run the command again.',
  },
  'command.clock': {
    means: 'A machine cannot run the listener that measures its clock.',
    remedy: '`lab ssh MACHINE systemctl status`',
  },
  'command.docker': {
    means: '`docker pull` or `docker image prune` failed on a machine before a bootstrap.',
    remedy: '`lab ssh MACHINE -- sudo docker info`',
  },
  'command.docker-registry': {
    means: "The lab's registry of container images ended at once. The evidence is its log.",
    remedy: 'When its address is in use, `ss -ltnp` says who has it.',
  },
  'command.remedy': {
    means:
      'A step of `lab doctor --fix` failed, which a person would have typed alike; its first line is in the message.',
    remedy: 'Run it by hand. In a container the host itself has to do it.',
  },
  'command.registry': {
    means: "The lab's registry refused a request, or did not answer it.",
    remedy:
      'Read registry.log in /var/lib/coreos-lab/NAME/log (state_dir in lab.toml); `lab halt && lab up` starts it anew.',
  },
  'command.failed': {
    means: 'A program that flanneld runs on a machine (ip, systemd-notify) failed or is not installed.',
    remedy: 'Run the line that the error gives, on that machine.',
  },
  'command.fault': {
    means: 'A command on a machine that makes or undoes a fault failed.',
    remedy: '`lab ssh MACHINE -- COMMAND`, as the error says, shows why.',
  },
  'command.first-use': {
    means: "The process with Couchbase's SDK, which measures a bootstrap, ended before its time.",
    remedy: '`npm ci`, then run the scenario again.',
  },
  'command.fleetctl': {
    means: 'A `fleetctl` command of a scenario failed. Its output is the evidence.',
    remedy: 'Run it by hand: `lab fleetctl COMMAND`',
  },
  'command.machine': {
    means: 'A command that a scenario ran on a machine failed.',
    remedy: '`lab ssh MACHINE -- COMMAND`, as the error says, shows why.',
  },
  'command.make-disk.sh': {
    means: 'The script that puts a root directory onto a disk image failed. Its last lines are the evidence.',
    remedy: 'Correct what they name (space, loop devices), then run the command again.',
  },
  'command.make-root.sh': {
    means:
      'The script that makes a bootable root directory failed, most likely apt in it. Its last lines are the evidence.',
    remedy: '`apt-get update` shows whether this host reaches its mirror; then run the command again.',
  },
  'command.mmdebstrap': {
    means: 'mmdebstrap could not fetch or install the packages of an image. Its last lines are the evidence.',
    remedy: '`apt-get update` shows whether this host reaches its mirror; then run the command again.',
  },
  'command.nspawn': {
    means: "systemd-nspawn ended before the machine's PID 1 answered. The evidence is the machine's console.",
    remedy: 'Read the console log that the error names; `lab doctor` says what the host lacks.',
  },
  'command.openssl': {
    means:
      "openssl could not make a certificate for fleet's API (`[fleet] auth` with tls). Its last lines are the evidence.",
    remedy: 'Correct what they name (space or rights of the state directory), then `lab up` again.',
  },
  'command.output': {
    means:
      'A program that flanneld runs on a machine (ip) printed what flanneld cannot read, or an interface without what it needs.',
    remedy: 'Run the line that the error gives, on that machine; its iproute2 may be too old to print JSON.',
  },
  'command.probes': {
    means: "The process that runs a scenario's probes did not start.",
    remedy: '`npm run build`, then run the scenario again.',
  },
  'command.qemu-img': {
    means: 'qemu-img could not convert a disk image.',
    remedy: '`df -h ~/.cache` (space is what it lacks most often), then run the command again.',
  },
  'command.site': {
    means: 'The pages of `lab docs` could not be made. The evidence is what Eleventy said.',
    remedy: 'Correct the page that the error names; when there is none, `npm ci && npm run build` in the checkout.',
  },
  'command.ssh-keygen': {
    means: "ssh-keygen could not make the lab's SSH key. Its last lines are the evidence.",
    remedy: 'Correct what they name (space or rights of the state directory), then `lab up` again.',
  },
  'command.start': {
    means: 'A unit failed on the machine that fleet chose, or systemd starts it again and again.',
    remedy: '`lab fleetctl status UNIT` and `lab fleetctl journal UNIT`',
  },
  'command.supervisor': {
    means: "The lab's supervisor ended before it answered. The evidence is its log.",
    remedy: 'Read the log that the error names; `lab doctor` says what the host lacks.',
  },
  'command.vagrant': {
    means: 'A `vagrant` command failed. The evidence has what it said.',
    remedy: 'Run what the error gives as next; `lab doctor --provider vagrant` says what the host lacks.',
  },
  'command.vboxmanage': {
    means: 'VBoxManage refused or gave no answer. Its words are the cause.',
    remedy: '`lab status`; `lab doctor --provider vagrant` says what VirtualBox lacks.',
  },
  'command.virsh': {
    means: "virsh, on the lab's own libvirtd, refused or gave no answer. Its words are the cause.",
    remedy: '`lab status`; `lab doctor --provider vagrant` says what libvirt lacks.',
  },
} as const satisfies EntriesOf<'command'>;
