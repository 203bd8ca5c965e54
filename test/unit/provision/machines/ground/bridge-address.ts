import { execa } from 'execa';
import { bridge, setUpLabNetwork } from '#provision/machines/ground/lab-network.ts';

/** Run in a network namespace of its own: the bridge's address before, while and after a port with the lowest address is there. */
const ip = (...args: string[]) => execa('ip', args);
const addressOf = async (): Promise<string> => {
  const { stdout } = await ip('-json', 'link', 'show', bridge);
  return (JSON.parse(stdout) as { address: string }[]).map(({ address }) => address).join();
};

const network = { bridgeAddress: '172.17.8.1', prefixLength: 24 } as Parameters<typeof setUpLabNetwork>[0];
await setUpLabNetwork(network);
const addresses = [await addressOf()];
await ip('link', 'add', 'stays', 'address', '0e:00:00:00:00:02', 'type', 'veth', 'peer', 'name', 'stays-peer');
await ip('link', 'add', 'goes', 'address', '00:16:3e:00:00:01', 'type', 'veth', 'peer', 'name', 'goes-peer');
for (const port of ['stays', 'goes']) await ip('link', 'set', port, 'master', bridge, 'up');
addresses.push(await addressOf());
await ip('link', 'delete', 'goes');
addresses.push(await addressOf());
console.log(JSON.stringify(addresses));
