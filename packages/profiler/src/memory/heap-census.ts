import { Session, type Runtime } from 'node:inspector';
import { types } from 'node:util';

/** What the heap consists of, by the type that the objects were constructed with. */
export interface HeapCensus {
  /** Types with most objects first; names of constructors only, never content. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  /** The largest maps, sets and arrays: what a leak is usually held by. */
  readonly collections: readonly HeldCollection[];
  readonly objectCount: number;
  /** How long the loop stood still for it. */
  readonly pauseMs: number;
}

/** A map, set or array and what it holds. */
export interface HeldCollection {
  readonly type: string;
  readonly entryCount: number;
  /** Type of its latest entry's value. */
  readonly holds: string;
}

/** What a census may cost. */
export interface CensusOptions {
  /** A larger heap is left alone, for it would stop the loop too long. @defaultValue 256 MiB */
  readonly mostBytes?: number;
}

type Counts = Omit<HeapCensus, 'pauseMs'>;

const MOST_BYTES = 256 * 1024 * 1024;
const MOST_TYPES = 30;
const MOST_COLLECTIONS = 10;
const FEWEST_ENTRIES = 100;
const GROUP = 'dataguardian-census';
/** The inspector calls functions of the program's realm by their text; this global leads back here, for one call. */
const BRIDGE = '__dataguardianCensus';

/**
 * Counts every object that lives; `undefined` when the heap is larger than allowed. V8 collects all garbage first and
 * walks the heap: the loop stands still meanwhile, some 40 ms on an empty process and 5 to 10 ms more for each megabyte
 * of small objects. Nothing of the program runs: proxies are passed over and accessors are not called.
 */
export function takeHeapCensus(
  monotonic: () => number,
  { mostBytes = MOST_BYTES }: CensusOptions = {},
): HeapCensus | undefined {
  if (process.memoryUsage().heapUsed > mostBytes) return undefined;
  const begunAt = monotonic();
  const session = new Session();
  session.connect();
  let counts: Counts | undefined;
  Object.defineProperty(globalThis, BRIDGE, {
    value: (objects: readonly object[]) => (counts = countObjects(objects)),
    configurable: true,
  });
  try {
    // In-process sessions answer before post returns.
    session.post('Runtime.evaluate', { expression: 'Object.prototype', objectGroup: GROUP }, (_error, answer) =>
      walk(session, answer.result.objectId),
    );
  } finally {
    Reflect.deleteProperty(globalThis, BRIDGE);
    session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    session.disconnect();
  }
  return counts === undefined ? undefined : { ...counts, pauseMs: monotonic() - begunAt };
}

function walk(session: Session, prototypeObjectId: string | undefined): void {
  if (prototypeObjectId === undefined) return;
  session.post('Runtime.queryObjects', { prototypeObjectId, objectGroup: GROUP }, (_error, answer) => {
    // The types leave it open; the protocol names one remote object.
    const { objectId } = (answer as { readonly objects: Runtime.RemoteObject }).objects;
    const functionDeclaration = `function () { globalThis.${BRIDGE}(this); }`;
    if (objectId !== undefined) session.post('Runtime.callFunctionOn', { objectId, functionDeclaration });
  });
}

/** Counts objects by type; exported for its test. */
export function countObjects(objects: readonly object[]): Counts {
  const counts = new Map<object | null, number>();
  const collections: HeldCollection[] = [];
  for (const object of objects) {
    if (types.isProxy(object)) continue;
    const prototype = prototypeOf(object);
    counts.set(prototype, (counts.get(prototype) ?? 0) + 1);
    const held = object === objects ? undefined : toCollection(object);
    if (held !== undefined) collections.push(held);
  }
  const byType = new Map<string, number>();
  for (const [prototype, count] of counts) {
    const name = nameOf(prototype);
    byType.set(name, (byType.get(name) ?? 0) + count);
  }
  return {
    types: [...byType]
      .map(([type, count]) => ({ type, count }))
      .toSorted((a, b) => b.count - a.count)
      .slice(0, MOST_TYPES),
    collections: collections.toSorted((a, b) => b.entryCount - a.entryCount).slice(0, MOST_COLLECTIONS),
    objectCount: objects.length,
  };
}

function toCollection(object: object): HeldCollection | undefined {
  if (Array.isArray(object)) {
    if (object.length < FEWEST_ENTRIES) return undefined;
    const last: unknown = Object.getOwnPropertyDescriptor(object, object.length - 1)?.value;
    return { type: nameOf(prototypeOf(object)), entryCount: object.length, holds: typeOfValue(last) };
  }
  if (types.isMap(object)) {
    if (sizeOfMap(object) < FEWEST_ENTRIES) return undefined;
    const [first] = Map.prototype.values.call(object);
    return { type: nameOf(prototypeOf(object)), entryCount: sizeOfMap(object), holds: typeOfValue(first) };
  }
  if (!types.isSet(object) || sizeOfSet(object) < FEWEST_ENTRIES) return undefined;
  const [first] = Set.prototype.values.call(object);
  return { type: nameOf(prototypeOf(object)), entryCount: sizeOfSet(object), holds: typeOfValue(first) };
}

const sizeOfMap = (map: object): number => Reflect.get(Map.prototype, 'size', map);
const sizeOfSet = (set: object): number => Reflect.get(Set.prototype, 'size', set);

function prototypeOf(object: object): object | null {
  // Typed as any by the language; an object's prototype is an object or null.
  return Object.getPrototypeOf(object) as object | null;
}

function typeOfValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return types.isProxy(value) ? 'Proxy' : nameOf(prototypeOf(value));
}

/** Name of the constructor that a prototype belongs to, without calling accessors. */
function nameOf(prototype: object | null): string {
  if (prototype === null) return 'null prototype';
  if (types.isProxy(prototype)) return 'Proxy';
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function' || types.isProxy(constructor)) return 'Object';
  const name: unknown = Object.getOwnPropertyDescriptor(constructor, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : '(anonymous class)';
}
