import { describe, expect, it } from 'vitest';
import type { LabError } from '#errors/lab-error.ts';
import { readNetworkConfig } from '#platform/flannel/network-config.ts';

const refusal = (config: object | string) => {
  try {
    readNetworkConfig(typeof config === 'string' ? config : JSON.stringify(config), '/coreos.com/network/config');
  } catch (error) {
    return error as LabError;
  }
  throw new Error('was accepted');
};
const backend = (more: object) => ({ Network: '10.1.0.0/16', Backend: { Type: 'vxlan', ...more } });

describe('readNetworkConfig', () => {
  it.each([
    [{ Netwrok: '10.1.0.0/16' }, 'unknown key Netwrok (did you mean Network?)'],
    [{ Network: '10.1.0.0/16', SubnetLenght: 25 }, 'unknown key SubnetLenght (did you mean SubnetLen?)'],
    [{ Network: '10.1.0.0/16', SubnetMn: '10.1.2.0' }, 'unknown key SubnetMn (did you mean SubnetMin?)'],
    [{ Network: '10.1.0.0/16', Backedn: {} }, 'unknown key Backedn (did you mean Backend?)'],
    [{ Network: '10.1.0.0/16', Type: 'vxlan' }, 'unknown key Type (it belongs into Backend)'],
    [{ Network: '10.1.0.0/16', comment: 'mine' }, 'unknown key comment; known: Network, SubnetLen, '],
    [backend({ Prot: 8472 }), 'unknown key Backend.Prot (did you mean Port?)'],
    [backend({ VNI: '1' }), 'Backend.VNI must be a whole number from 1 to 16777215, not "1"'],
    [backend({ Port: 0 }), 'Backend.Port must be a whole number from 1 to 65535, not 0'],
    [{ Network: '10.1.0.0/16', SubnetLen: '24' }, 'SubnetLen must be a whole number from 17 to 30, not "24"'],
    [{ Network: '10.1.0.0' }, 'Network is not a subnet such as 10.1.0.0/16, not "10.1.0.0"'],
    [{ Network: '10.1.0.0/16', network: '10.2.0.0/16' }, 'a key stands twice'],
    [{ Network: '10.1.0.0/16', Backend: 'vxlan' }, 'Backend is not an object'],
    [{ Network: '10.1.0.0/16', EnableIPv6: true }, 'EnableIPv6 is not built'],
    ['[]', 'not a JSON object'],
    ['{"Network": "10.1.0.0/16",}', 'not a JSON object'],
  ])('names what cannot be meant: %j', (config, cause) => {
    const error = refusal(config);
    expect(error.code).toBe('config.flannel');
    expect(error.message).toContain(`/coreos.com/network/config: ${cause}`);
  });

  it.each([
    [{ Type: 'vxlna' }, '"vxlna" (did you mean vxlan?) is not built'],
    [{ Type: 'hostgw' }, '"hostgw" (did you mean host-gw?) is not built'],
    [{ Type: 'vxlan', DirectRouting: true }, 'Backend.DirectRouting true is not built'],
    [{}, 'udp (the default)'],
  ])('names what is not built: %j', (given, cause) => {
    const error = refusal({ Network: '10.1.0.0/16', Backend: given });
    expect(error.code).toBe('unbuilt.flannel-backend');
    expect(error.message).toContain(cause);
  });

  it('takes keys in any case, and later keys that are off, as flannel does', () => {
    expect(readNetworkConfig('{"Network":"10.1.0.0/16","Backend":{"Type":"VXLAN"}}', 'x').backend.type).toBe('vxlan');
    expect(readNetworkConfig('{"Network":"10.1.0.0/16","Backend":{"Type":"Host-GW"}}', 'x').backend.type).toBe(
      'host-gw',
    );
    const plain = readNetworkConfig('{"Network":"10.1.0.0/16","Backend":{"Type":"vxlan","VNI":1}}', 'x');
    const other =
      '{"network":"10.1.0.0/16","EnableIPv4":true,"EnableIPv6":false,"SubnetMin":"","backend":{"type":"vxlan","vni":1,"DirectRouting":false}}';
    expect(readNetworkConfig(other, 'x')).toEqual(plain);
  });
});
