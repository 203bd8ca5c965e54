import { viewLimits } from './limits.ts';

/** CPU time that starting Node takes the process of views on a usual host, ms: 58 to 71 in ten starts, whatever ran beside it. */
const usualStartCpuMs = 60;
/** No host that emulates its CPU was slower; whoever says more has nothing to gain by it. */
const slowest = 100;

/** CPU time that work may take on this host, ms. */
export interface CpuTimes {
  readonly callCpuMs: number;
  readonly reduceCpuMs: number;
}

/**
 * How many times longer than on a usual host work takes here: limits of CPU time are against functions that do not end, not against
 * emulated CPUs. Pure.
 * @param startCpuMs CPU time that the process of views had used when it was ready, ms
 */
export function slownessOf(startCpuMs: number): number {
  return Math.min(slowest, Math.max(1, startCpuMs / usualStartCpuMs));
}

/** The limits of CPU time on a host so many times slower. Pure. */
export function cpuTimesAt(slowness: number): CpuTimes {
  return {
    callCpuMs: Math.round(viewLimits.callCpuMs * slowness),
    reduceCpuMs: Math.round(viewLimits.reduceCpuMs * slowness),
  };
}
