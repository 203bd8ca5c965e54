import { expect, it } from 'vitest';
import { containersConf } from '#provision/image/containers/buildah.ts';

const limits = (
  nofile: string,
  nproc: string,
) => `Limit                     Soft Limit           Hard Limit           Units
Max core file size        0                    unlimited            bytes
Max processes             ${nproc}                ${nproc}                processes
Max open files            1024                 ${nofile}                files
`;

it('leaves a container in a build the limits that this process has, so that none must be raised', () => {
  expect(containersConf(limits('20000', '96365'))).toBe(
    '[containers]\ndefault_ulimits = ["nofile=20000:20000", "nproc=96365:96365"]\n',
  );
});

it('asks for nothing where there is no limit, or none can be read', () => {
  expect(containersConf(limits('4096', 'unlimited'))).toBe('[containers]\ndefault_ulimits = ["nofile=4096:4096"]\n');
  expect(containersConf('')).toBe('[containers]\ndefault_ulimits = []\n');
});
