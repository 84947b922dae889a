import { gunzipSync } from 'node:zlib';
import type { CpuProfile } from '../cpu-profile.ts';
import { ProfilerError } from '../errors.ts';
import { createCallTree, type CallTree } from '../sampling/call-tree.ts';
import { ownerOf, toPath, type Frame } from '../sampling/frame.ts';
import { toSamples } from '../sampling/samples.ts';
import { readFields, readIntegers } from './wire-reader.ts';

/**
 * Reads a profile of any of the formats that are written: pprof (gzipped or not), `.cpuprofile`, Speedscope.
 * Idle time is left out. Large files are read at once: at most 64 MB.
 * @throws ProfilerError PROFILER_PROFILE_UNREADABLE
 */
export function readProfile(file: Uint8Array): CallTree {
  if (file.length > MOST_BYTES) throw unreadable(`it has ${file.length} bytes, more than ${MOST_BYTES}`);
  try {
    const bytes = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file, { maxOutputLength: MOST_BYTES }) : file;
    if (bytes[0] !== '{'.charCodeAt(0)) return readPprof(bytes);
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof json === 'object' && json !== null && 'nodes' in json) return toTree(json as CpuProfile);
    if (typeof json === 'object' && json !== null && 'profiles' in json) return readSpeedscope(json as SpeedscopeLike);
  } catch (error) {
    throw unreadable('it is broken', error);
  }
  throw unreadable('it is neither pprof, .cpuprofile nor Speedscope');
}

const MOST_BYTES = 64 * 1024 * 1024;

/** Folds V8's recording; idle samples are left out. */
export function toTree(profile: CpuProfile): CallTree {
  const tree = createCallTree();
  for (const { stack, durationUs, state } of toSamples(profile)) if (state !== 'idle') tree.add(stack, 1, durationUs);
  return tree;
}

/** What is read of Speedscope's format; missing parts make it unreadable. */
interface SpeedscopeLike {
  readonly shared: { readonly frames: readonly { name: string; file?: string; line?: number }[] };
  readonly profiles: readonly {
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

function readSpeedscope({ shared, profiles }: SpeedscopeLike): CallTree {
  const tree = createCallTree();
  const frames = shared.frames.map(({ name, file = '', line = 0 }) => toFrameOf(name, file, line));
  for (const { samples, weights } of profiles) {
    for (const [index, stack] of samples.entries()) {
      const path = stack.map((frame) => frames[frame]).filter((frame) => frame !== undefined);
      tree.add(path, 1, weights[index] ?? 0);
    }
  }
  return tree;
}

/** Field numbers of proto/profile.proto. */
const PROFILE = { sample: 2, location: 4, function: 5, stringTable: 6 };

function readPprof(bytes: Uint8Array): CallTree {
  const strings: string[] = [];
  const functions = new Map<bigint, { name: number; file: number; line: number }>();
  const locations = new Map<bigint, bigint[]>();
  const samples: { locationIds: bigint[]; values: bigint[] }[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === PROFILE.stringTable) strings.push(new TextDecoder().decode(field.bytes));
    else if (field.number === PROFILE.function) {
      const numbers = integersOf(field.bytes);
      functions.set(numbers[1] ?? 0n, { name: Number(numbers[2]), file: Number(numbers[4]), line: Number(numbers[5]) });
    } else if (field.number === PROFILE.location) {
      const functionIds: bigint[] = [];
      let id = 0n;
      for (const part of readFields(field.bytes)) {
        if (part.number === 1) id = part.integer;
        else if (part.number === 4) functionIds.push(integersOf(part.bytes)[1] ?? 0n);
      }
      locations.set(id, functionIds);
    } else if (field.number === PROFILE.sample) {
      const sample = { locationIds: [] as bigint[], values: [] as bigint[] };
      for (const part of readFields(field.bytes)) {
        if (part.number === 1) sample.locationIds.push(...readIntegers(part));
        else if (part.number === 2) sample.values.push(...readIntegers(part));
      }
      samples.push(sample);
    }
  }
  const tree = createCallTree();
  for (const { locationIds, values } of samples) {
    const stack = locationIds
      .flatMap((id) => locations.get(id) ?? [])
      .map((id) => functions.get(id))
      .filter((known) => known !== undefined)
      .map(({ name, file, line }) => toFrameOf(strings[name] ?? '', strings[file] ?? '', line || 0));
    tree.add(stack.toReversed(), Number(values[0] ?? 0n), Number(values[1] ?? 0n) / 1_000);
  }
  return tree;
}

function integersOf(message: Uint8Array): readonly bigint[] {
  const numbers: bigint[] = [];
  for (const { number, integer } of readFields(message)) numbers[number] = integer;
  return Array.from(numbers, (value) => value ?? 0n);
}

function toFrameOf(functionName: string, url: string, line: number): Frame {
  const file = toPath(url);
  return { functionName, file, line, column: 0, owner: ownerOf(file) };
}

function unreadable(reason: string, cause?: unknown): ProfilerError {
  return new ProfilerError('PROFILER_PROFILE_UNREADABLE', `The profile cannot be read: ${reason}`, { cause });
}
