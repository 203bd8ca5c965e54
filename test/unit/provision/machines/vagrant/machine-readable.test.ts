import { describe, expect, it } from 'vitest';
import { failureOf, parseMachineReadable, progressOf } from '#provision/machines/vagrant/machine-readable.ts';

const read = (line: string) => parseMachineReadable(line) ?? { target: '', type: 'unreadable', data: [] };

describe("Vagrant's machine-readable output", () => {
  it('is target, type and data, with commas and line ends escaped', () => {
    expect(read('1766443200,core-01,ui,output,==> core-01: One%!(VAGRANT_COMMA) two\\nthree')).toEqual({
      target: 'core-01',
      type: 'ui',
      data: ['output', '==> core-01: One, two\nthree'],
    });
    expect(parseMachineReadable('warning: something of Ruby, with, commas')).toBeUndefined();
    expect(parseMachineReadable('')).toBeUndefined();
  });

  it('tells which machine is at which step', () => {
    expect(progressOf(read('1766443200,core-01,ui,info,Starting domain.'))).toEqual({
      machine: 'core-01',
      detail: 'Starting domain.',
    });
    expect(progressOf(read('1766443200,,ui,output,==> core-02: Waiting for SSH'))).toEqual({
      machine: 'core-02',
      detail: 'Waiting for SSH',
    });
    expect(progressOf(read('1766443200,core-01,ui,error,no'))).toBeUndefined();
    expect(progressOf(read('1766443200,core-01,state,running'))).toBeUndefined();
  });

  it.each([
    'core-01,ui,info, -- Memory:            2048M',
    'core-01,ui,info, -> value=-fw_cfg%!(VAGRANT_COMMA) ',
    ',ui,output,==> core-01:  -- Name:              core-01',
    'core-01,ui,detail,SSH address: 172.17.8.101:22',
    'core-01,ui,detail,Warning: Host unreachable. Retrying...',
    'core-01,ui,info,Running trigger: lab...',
    'core-01,ui,info,No version detected for coreos-lab-0a1b2c3d%!(VAGRANT_COMMA) using timestamp',
  ])('is no step: %s', (line) => {
    expect(progressOf(read(`1766443200,${line}`))).toBeUndefined();
  });

  it('says why it failed, without what Vagrant says around it', () => {
    const lines = [
      '1766443200,,ui,error,==> core-01: An error occurred. The error will be shown after all tasks complete.',
      "1766443200,,error-exit,Vagrant::Errors::BatchMultiError,An error occurred while executing multiple actions in parallel.\\nAny errors that occurred are shown below.\\n\\nAn error occurred while executing the action on the 'core-01'\\nmachine. Please handle this error then try again:\\n\\nNo usable storage pool found!",
    ].map(read);
    expect(failureOf(lines)).toEqual(['No usable storage pool found!']);
  });
});
