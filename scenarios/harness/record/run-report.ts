import { z } from 'zod';

const ms = z.number().describe('milliseconds since the run began');
const verdict = z.enum(['pass', 'fail', 'unknown']);

const unitView = z.object({
  name: z.string(),
  target: z.string().optional(),
  reason: z.string().optional(),
  states: z.array(z.object({ machine: z.string(), state: z.string() })),
});

export const clusterSnapshotSchema = z.object({
  label: z.string().describe('before, during, after, or what the scenario calls it'),
  atMs: ms,
  machines: z.array(
    z.object({
      name: z.string(),
      address: z.string(),
      /** running; halted, cut, paused, ...: what the fault made of it; rebuilt */
      state: z.string(),
      listed: z.boolean().describe('does fleet list it?'),
      etcd: z.enum(['leader', 'follower', 'away', 'unknown']),
      engine: z.boolean().describe('does it hold the lease of the fleet engine?'),
    }),
  ),
  units: z.array(unitView),
  keys: z.record(z.string(), z.string()),
});

export const predictionSchema = z.object({
  minMs: z.number(),
  maxMs: z.number(),
  terms: z.string().describe('what adds up to it: presence lease 4 s + election 0.5-1 s'),
});

export const measureSchema = z.object({
  name: z.string(),
  group: z.string().optional().describe('measures of one group are one table: a layer, a round'),
  fromMs: ms,
  toMs: ms.optional().describe('absent: it never happened'),
  ms: z.number().optional(),
  detail: z.string().optional(),
  predicted: predictionSchema.optional(),
});

export const findingSchema = z.object({
  name: z.string(),
  verdict,
  evidence: z.string(),
  kind: z
    .enum(['claim', 'invariant', 'evidence'])
    .describe('claim of the scenario, standing invariant, or evidence at all'),
});

export const probeSummarySchema = z.object({
  probe: z.string(),
  asked: z.number(),
  failed: z.number(),
  medianMs: z.number(),
  p99Ms: z.number(),
  worstMs: z.number(),
  longestOutageMs: z.number().describe('longest stretch without one good answer from any machine'),
});

/** What a run leaves behind as `report.json`; published as docs/report.schema.json. Every view of a run reads this. */
export const runReportSchema = z.object({
  schema: z.literal('coreos-lab/run/2'),
  scenario: z.string(),
  summary: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  command: z.string().describe('what repeats this run'),
  lab: z.object({ name: z.string(), provider: z.string(), timers: z.record(z.string(), z.number()) }),
  startedAt: z.string(),
  tookMs: z.number(),
  verdict,
  sentence: z.string().describe('the verdict in one sentence'),
  phases: z.array(z.object({ name: z.string(), fromMs: ms, toMs: ms })),
  timeline: z
    .array(
      z.object({
        name: z.string(),
        atMs: ms.optional(),
        detail: z.string(),
        predicted: predictionSchema.optional(),
        headline: z.boolean().optional().describe('the moment that the sentence of the verdict tells'),
      }),
    )
    .describe('named moments; the first is the fault; predicted: since the fault'),
  measures: z.array(measureSchema),
  findings: z.array(findingSchema),
  faults: z.array(
    z.object({ id: z.string(), machine: z.string(), kind: z.string(), name: z.string(), fromMs: ms, toMs: ms }),
  ),
  snapshots: z.array(clusterSnapshotSchema),
  decisions: z.array(
    z.object({
      atMs: ms,
      kind: z.string().describe('schedule, reschedule, unschedule, unschedulable'),
      unit: z.string(),
      from: z.string().optional(),
      to: z.string().optional(),
      reason: z.string(),
      engine: z.string().describe('machine whose engine decided'),
    }),
  ),
  probes: z.array(probeSummarySchema),
  harness: z.object({
    probeCpuPercent: z.number().optional().describe('CPU time of the probe process, per cent of one core'),
    clockErrorMs: z
      .number()
      .optional()
      .describe("largest difference between this process's clock and the machines' journals"),
  }),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  screenshots: z.array(z.string()).describe('files in the run directory'),
  runDir: z.string(),
});

export type RunReport = z.infer<typeof runReportSchema>;
export type Measure = z.infer<typeof measureSchema>;
export type Prediction = z.infer<typeof predictionSchema>;
export type ClusterSnapshot = z.infer<typeof clusterSnapshotSchema>;
export type TimelineStep = RunReport['timeline'][number];
export type ProbeSummary = z.infer<typeof probeSummarySchema>;
