import type { Adapter, VirtualMachine } from './virtual-machine.ts';

const noAdapter: Adapter = { type: 'none', model: '82540EM', mac: '' };

/** `modifyvm` on a value: the machine with these options. @throws for an option that Vagrant does not use here */
export function modify(machine: VirtualMachine, words: readonly string[]): VirtualMachine {
  const changed = structuredClone(machine);
  for (let rest = [...words]; rest.length > 0;) rest = rest.slice(apply(changed, rest));
  return changed;
}

/** @returns how many words the first option is */
function apply(machine: VirtualMachine, [option = '', value = '', third = '']: readonly string[]): number {
  const [, name = '', slot = ''] = /^--([a-z-]+?)(\d*)$/.exec(option) ?? [];
  const adapter = (): Adapter => (machine.adapters[slot] ??= { ...noAdapter });
  switch (name) {
    case 'name':
      machine.name = value;
      return 2;
    case 'memory':
      machine.memoryMb = Number(value);
      return 2;
    case 'cpus':
      machine.cpus = Number(value);
      return 2;
    case 'cpuexecutioncap':
      machine.executionCap = Number(value);
      return 2;
    case 'nic':
      Object.assign(adapter(), { type: value });
      return 2;
    case 'nictype':
      adapter().model = value;
      return 2;
    case 'macaddress':
      adapter().mac = value;
      return 2;
    case 'bridgeadapter':
      adapter().bridge = value;
      return 2;
    case 'natpf':
      if (value === 'delete') delete machine.forwardings[third];
      else machine.forwardings[value.split(',')[0] ?? ''] = value;
      return value === 'delete' ? 3 : 2;
    case 'uart':
      // `--uart1 0x3F8 4`; where it goes is said by uartmode
      return 3;
    case 'uartmode':
      machine.serialFile = third;
      return 3;
    case 'cableconnected':
    case 'rtcuseutc':
    case 'natdnsproxy':
    case 'natdnshostresolver':
      return 2;
  }
  throw new Error(`the stand-in does not know: modifyvm ${option}`);
}
