import { type BoxTexts, boxVagrantfile } from './libvirt-box.ts';

/** The disk's name in the box. */
export const virtualBoxDiskName = 'box-disk.vmdk';

/** The first network card of every machine made from the box; they never meet, each is alone behind its own NAT. */
const macAddress = '080027C0DE01';

/**
 * Texts of a box for Vagrant's provider virtualbox (Vagrant documentation, "VirtualBox: Creating a Base Box"): `box.ovf`
 * is what `VBoxManage import` reads.
 * @param sizeGiB size of the disk as the machine sees it
 */
export function virtualBoxTexts(sizeGiB: number): BoxTexts {
  return {
    'metadata.json': `${JSON.stringify({ provider: 'virtualbox' })}\n`,
    Vagrantfile: boxVagrantfile([
      `config.vm.base_mac = "${macAddress}"`,
      'config.vm.provider "virtualbox" do |v|',
      '  v.check_guest_additions = false',
      '  v.functional_vboxsf = false',
      'end',
    ]),
    'box.ovf': virtualBoxOvf(sizeGiB),
  };
}

/** A machine of one CPU, 2 GB, an Intel network card behind NAT and one SATA disk (DMTF DSP0243, OVF 1.1). */
function virtualBoxOvf(sizeGiB: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope ovf:version="1.0" xml:lang="en-US" xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References>
    <File ovf:id="file1" ovf:href="${virtualBoxDiskName}"/>
  </References>
  <DiskSection>
    <Info>Disks of the machine</Info>
    <Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="${sizeGiB * 1024 ** 3}" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Networks of the machine</Info>
    <Network ovf:name="NAT">
      <Description>The way out, and Vagrant's way in</Description>
    </Network>
  </NetworkSection>
  <VirtualSystem ovf:id="coreos-lab">
    <Info>A machine of coreos-lab</Info>
    <OperatingSystemSection ovf:id="96">
      <Info>Guest operating system</Info>
      <Description>Debian_64</Description>
    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Virtual hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>coreos-lab</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>virtualbox-2.2</vssd:VirtualSystemType>
      </System>
${hardware.map(item).join('\n')}
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}

/** Elements of an item, in alphabetical order as the schema wants them. ResourceType: CIM (DSP1041). */
const hardware: readonly Readonly<Record<string, string | number>>[] = [
  { Caption: '1 virtual CPU', ElementName: '1 virtual CPU', InstanceID: 1, ResourceType: 3, VirtualQuantity: 1 },
  {
    AllocationUnits: 'MegaBytes',
    Caption: '2048 MB of memory',
    ElementName: '2048 MB of memory',
    InstanceID: 2,
    ResourceType: 4,
    VirtualQuantity: 2048,
  },
  {
    Address: 0,
    Caption: 'sataController0',
    ElementName: 'sataController0',
    InstanceID: 3,
    ResourceSubType: 'AHCI',
    ResourceType: 20,
  },
  {
    AutomaticAllocation: 'true',
    Caption: 'Ethernet adapter on NAT',
    Connection: 'NAT',
    ElementName: 'Ethernet adapter on NAT',
    InstanceID: 4,
    ResourceSubType: 'E1000',
    ResourceType: 10,
  },
  {
    AddressOnParent: 0,
    Caption: 'disk1',
    ElementName: 'disk1',
    HostResource: '/disk/disk1',
    InstanceID: 5,
    Parent: 3,
    ResourceType: 17,
  },
];

function item(elements: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(elements).map(([name, value]) => `        <rasd:${name}>${value}</rasd:${name}>`);
  return ['      <Item>', ...lines, '      </Item>'].join('\n');
}
