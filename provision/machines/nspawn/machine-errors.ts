import { LabError } from '#errors/lab-error.ts';

/** Why a machine cannot do now what is asked of it. All are `state.machine`. */
export const machineErrors = {
  notRunning: (machine: string, state: string) =>
    new LabError({ code: 'state.machine', cause: `${machine} is ${state}`, next: `lab up ${machine}` }),
  paused: (machine: string) =>
    new LabError({
      code: 'state.machine',
      cause: `${machine} is paused: it runs no command`,
      next: 'end the fault first',
    }),
  inTransition: (machine: string, state: string) =>
    new LabError({
      code: 'state.machine',
      cause: `${machine} is ${state}; another command is working on it`,
      next: 'lab status',
    }),
  usesMore: (machine: string, memoryBytes: number) =>
    new LabError({
      code: 'state.memory',
      cause: `${machine} uses more than ${memoryBytes / 1024 ** 2} MB, which it cannot be left with while it runs`,
      next: `lab halt ${machine} && lab up ${machine}`,
    }),
} as const;
