import * as z from 'zod/mini';
import { pastDecision } from '../registry/decision-history.ts';

/** Bodies of fleet's HTTP API v1. Fields that are empty are left out by the server; `hostname`, `reason`, `message` are our additions. */
const text = z.optional(z.string());
export const machineSchema = z.object({
  id: z.string(),
  primaryIP: text,
  hostname: text,
  metadata: z.optional(z.record(z.string(), z.string())),
});
const optionSchema = z.object({ section: z.string(), name: z.string(), value: z._default(z.string(), '') });
export const unitSchema = z.object({
  name: z.string(),
  options: z._default(z.array(optionSchema), []),
  desiredState: text,
  currentState: text,
  machineID: text,
  reason: text,
});
export const stateSchema = z.object({
  name: text,
  hash: text,
  machineID: text,
  systemdLoadState: text,
  systemdActiveState: text,
  systemdSubState: text,
  message: text,
});

const nextPageToken = text;
/** A page that is empty is {}. */
export const machinePage = z.object({ machines: z._default(z.array(machineSchema), []), nextPageToken });
export const unitPage = z.object({ units: z._default(z.array(unitSchema), []), nextPageToken });
export const statePage = z.object({ states: z._default(z.array(stateSchema), []), nextPageToken });

/** What GET /why/NAME tells. */
export const whySchema = z.object({
  unit: z.omit(unitSchema, { options: true }),
  waitsFor: z.array(z.string()),
  inTheWay: z.array(z.object({ unit: z.string(), machine: z.string() })),
  decisions: z.array(pastDecision),
});
export type WhyUnit = z.infer<typeof whySchema>;

/** How often POST /watch has a line when nothing happens: who hears none for much longer asks elsewhere. */
export const watchBeatMs = 3000;

/** A line of POST /watch: of the machines, of a unit, or of neither. */
export const watchLine = z.object({
  machines: z.optional(z.array(machineSchema)),
  name: text,
  unit: z.optional(z.omit(unitSchema, { options: true })),
  states: z._default(z.array(stateSchema), []),
});

/** A machine that is present. */
export type FleetMachine = z.infer<typeof machineSchema>;
/** A unit; `reason` says why no machine can take it ("; " between machines). */
export type FleetUnit = z.infer<typeof unitSchema>;
/** The same without its content, as a watch tells of it. */
export type FleetUnitStatus = Omit<FleetUnit, 'options'>;
/** What one machine says about one unit; `message` says why it could not be loaded or started. */
export type FleetUnitState = z.infer<typeof stateSchema>;

export const errorSchema = z.object({ error: z.object({ message: z.string() }) });
