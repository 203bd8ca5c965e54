import { z } from 'zod';

const text = z.string().min(1);
const unit = z.string().regex(/\.(service|socket|timer|path)$/, 'is a unit with its type, such as couchbase@1.service');
const units = z.array(unit).min(1);
const key = z.string().regex(/^\//, 'is a key with a slash before it, such as /services/couchbase/1');

/**
 * What a step's check can ask of a lab: a closed set, documented in docs/guides.md. A text may hold `{NAME}`, one of the step's
 * [values], where it stands for a machine or for what was there before.
 */
export const conditionForm = z.discriminatedUnion('condition', [
  /** These machines, or all, run, with etcd healthy and fleet listing them. */
  z.strictObject({ condition: z.literal('machines-ready'), machines: z.array(text).min(1).exactOptional() }),
  /** It has a disk and does not run. */
  z.strictObject({ condition: z.literal('machine-stopped'), machine: text }),
  /** Machines run, and no member of etcd has a quorum behind it. */
  z.strictObject({ condition: z.literal('quorum-lost') }),
  /** Each runs on exactly one machine; `exactly`: so many of them do, no more. */
  z.strictObject({
    condition: z.literal('units-active'),
    units,
    exactly: z.int().min(0).exactOptional(),
  }),
  z.strictObject({ condition: z.literal('units-on-one-machine'), units: units.min(2) }),
  z.strictObject({ condition: z.literal('units-on-different-machines'), units: units.min(2) }),
  /** It runs on a machine, and not on this one. */
  z.strictObject({ condition: z.literal('unit-moved'), unit, from: text }),
  /** It runs, by another start than this one. */
  z.strictObject({ condition: z.literal('unit-restarted'), unit, before: text }),
  /** The key is there; `not`: with another value than this. */
  z.strictObject({ condition: z.literal('etcd-key'), key, not: text.exactOptional() }),
  z.strictObject({ condition: z.literal('etcd-key-gone'), key }),
  /** The machine's member of etcd is another one than this: it has a new disk. */
  z.strictObject({ condition: z.literal('etcd-member-replaced'), machine: text, before: text }),
  /** A pull on any machine gets it. */
  z.strictObject({ condition: z.literal('image-in-registry'), image: text }),
  /** The Couchbase of this unit has the bucket, with at least so many documents. */
  z.strictObject({
    condition: z.literal('couchbase-bucket'),
    unit,
    bucket: text,
    documents: z.int().min(0).exactOptional(),
  }),
  /** The page on these machines shows rows; without: on so many machines, or on all. */
  z.strictObject({
    condition: z.literal('page-serves-rows'),
    machines: z.array(text).min(1).exactOptional(),
    pages: z.int().min(1).exactOptional(),
  }),
]);

export type StepCondition = z.infer<typeof conditionForm>;
export type ConditionName = StepCondition['condition'];

export const conditionNames: readonly string[] = conditionForm.options.map(({ shape }) => shape.condition.value);

/** Where a value of a step comes from: a look at the lab. */
export const valueForm = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('machine-of'), unit }),
  /** The first machine that runs without it. */
  z.strictObject({ from: z.literal('other-machine-than'), unit }),
  /** The address of the machine that it runs on. */
  z.strictObject({ from: z.literal('address-of'), unit }),
  z.strictObject({ from: z.literal('key'), key }),
  /** systemd's name for this one start of the unit. */
  z.strictObject({ from: z.literal('start-of'), unit }),
  /** etcd's id of the member on the machine that the unit runs on. */
  z.strictObject({ from: z.literal('member-beside'), unit }),
]);

export type StepValue = z.infer<typeof valueForm>;

export const valueNames: readonly string[] = valueForm.options.map(({ shape }) => shape.from.value);
