import { z } from 'zod';
import { pastDecision } from '../registry/decision-history.ts';

/** Bodies of fleet's HTTP API v1. Fields that are empty are left out by the server; `hostname`, `reason`, `message` are our additions. */
const text = z.string().optional();
export const machineSchema = z.object({
  id: z.string(),
  primaryIP: text,
  hostname: text,
  metadata: z.record(z.string(), z.string()).optional(),
});
const optionSchema = z.object({ section: z.string(), name: z.string(), value: z.string().default('') });
export const unitSchema = z.object({
  name: z.string(),
  options: z.array(optionSchema).default([]),
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
export const machinePage = z.object({ machines: z.array(machineSchema).default([]), nextPageToken });
export const unitPage = z.object({ units: z.array(unitSchema).default([]), nextPageToken });
export const statePage = z.object({ states: z.array(stateSchema).default([]), nextPageToken });

/** What GET /why/NAME tells. */
export const whySchema = z.object({
  unit: unitSchema.omit({ options: true }),
  waitsFor: z.array(z.string()),
  inTheWay: z.array(z.object({ unit: z.string(), machine: z.string() })),
  decisions: z.array(pastDecision),
});
export type WhyUnit = z.infer<typeof whySchema>;

/** How often POST /watch has a line when nothing happens: who hears none for much longer asks elsewhere. */
export const watchBeatMs = 3000;

/** A line of POST /watch: of the machines, of a unit, or of neither. */
export const watchLine = z.object({
  machines: z.array(machineSchema).optional(),
  name: text,
  unit: unitSchema.omit({ options: true }).optional(),
  states: z.array(stateSchema).default([]),
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
