import { compilePlan } from './record-plan-code.ts';
import { MAX_LIST } from './structured-format.ts';

/**
 * Code for whole records that are built alike: an object, the objects inside it, its lists of short items. Where the
 * general way looks at each item to see what it is, a plan expects what was there before, and gives up when it is not.
 * What it writes is what the general way writes.
 */
export interface RecordPlan {
  /** More bytes than its stream takes. */
  readonly maxBytes: number;
  /** Writes the values of a record whose own names are as expected; returns where it ended, or -1: not as expected. */
  put(record: object, bytes: Buffer, position: number, target: { text: string }): number;
  /** Reads what follows the names of the record; `undefined`: not as expected. */
  build(source: PlanSource): object | undefined;
}

/** A value that is being read: its stream and its text, and how far they were read. */
export interface PlanSource {
  readonly bytes: Buffer;
  readonly position: number;
  /** Where the stream ends. */
  readonly end: number;
  readonly text: string;
  readonly cursor: number;
}

/** What a plan expects at one place. A text may also be null, a boolean or a small number; a number may be null. */
export type PlanSlot = { readonly kind: 'text' | 'number' | 'list' } | PlanRecord;

/** An object of those names, and what it holds. */
export interface PlanRecord {
  readonly kind: 'record';
  readonly names: readonly string[];
  readonly slots: readonly PlanSlot[];
}

/** Places of a plan at most: a larger value gains little, and its code costs. */
const MAX_SLOTS = 64;

/** Makes a plan after an example; `undefined` when its like is better written the general way. */
export function planRecord(names: readonly string[], example: object): RecordPlan | undefined {
  const root = toPlanRecord(names, example, { slots: MAX_SLOTS });
  return root === undefined ? undefined : compilePlan(root);
}

function toPlanRecord(names: readonly string[], example: object, left: { slots: number }): PlanRecord | undefined {
  const slots: PlanSlot[] = [];
  for (const name of names) {
    left.slots -= 1;
    // A plain object's properties, read by name.
    const slot = left.slots < 0 ? undefined : toSlot((example as Record<string, unknown>)[name], left);
    if (slot === undefined || name === '__proto__') return undefined;
    slots.push(slot);
  }
  return { kind: 'record', names, slots };
}

function toSlot(value: unknown, left: { slots: number }): PlanSlot | undefined {
  if (typeof value === 'number') return { kind: 'number' };
  if (typeof value !== 'object' || value === null) return { kind: 'text' };
  if (Array.isArray(value))
    return value.length <= MAX_LIST && value.every((item) => typeof item !== 'object') ? { kind: 'list' } : undefined;
  const names = Object.keys(value);
  return names.length === 0 ? undefined : toPlanRecord(names, value, left);
}
