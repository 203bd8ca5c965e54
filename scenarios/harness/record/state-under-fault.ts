import type { FaultKind } from './fault-record.ts';

/** What a fault makes of its machine, in the word of the drawing; the others leave it running. */
export const stateUnderFault: Readonly<Partial<Record<FaultKind, string>>> = {
  halt: 'halted',
  cut: 'cut off power',
  pause: 'paused',
  partition: 'cut off the network',
  'packet-loss': 'losing packets',
  'slow-cpu': 'slow CPU',
  'slow-disk': 'slow disk',
  'full-disk': 'disk full',
};
