import { Session, type HeapProfiler } from 'node:inspector';
import { ownerOf, toLocation, toPath } from '../sampling/frame.ts';
import type { Place, SourceCode } from '../sampling/source-code.ts';

/** Memory that was allocated at one place and is still held. */
export interface AllocationSite {
  readonly functionName: string;
  /** `file:line` in the innermost function of the program: the line that stores, else the function's first. */
  readonly location: string;
  /** Estimated from samples; live when they were read. */
  readonly bytes: number;
}

/** Samples allocations; V8 keeps those samples whose objects still live. */
export interface HeapSampler {
  /** Begins; samples one allocation in about `intervalBytes`. Idempotent. */
  start(intervalBytes: number): void;
  /** Live bytes by the place that allocated them, most first. Empty when not sampling. */
  read(): readonly AllocationSite[];
  stop(): void;
  /** Collects garbage at once; the loop stands still for about 1 ms for each 2 MB that live. */
  collect(): void;
  readonly isSampling: boolean;
}

const MOST_SITES = 50;

/** Creates a heap sampler over the inspector, in a session of its own. */
export function createHeapSampler(source: SourceCode): HeapSampler {
  let session: Session | undefined;
  return {
    get isSampling() {
      return session !== undefined;
    },
    start(intervalBytes) {
      if (session !== undefined) return;
      session = new Session();
      session.connect();
      session.post('HeapProfiler.startSampling', { samplingInterval: intervalBytes });
    },
    read() {
      let head: HeapProfiler.SamplingHeapProfileNode | undefined;
      // In-process sessions answer before post returns.
      session?.post('HeapProfiler.getSamplingProfile', (_error, answer) => {
        head = answer?.profile?.head;
      });
      return head === undefined ? [] : toSites(head, source);
    },
    collect() {
      const own = session ?? new Session();
      if (session === undefined) own.connect();
      own.post('HeapProfiler.collectGarbage');
      if (session === undefined) own.disconnect();
    },
    stop() {
      session?.post('HeapProfiler.stopSampling');
      session?.disconnect();
      session = undefined;
    },
  };
}

function toSites(head: HeapProfiler.SamplingHeapProfileNode, source: SourceCode): readonly AllocationSite[] {
  const sites = new Map<string, { functionName: string; location: string; bytes: number }>();
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, nearest: string, name: string): void => {
    const { url, lineNumber, columnNumber, functionName } = node.callFrame;
    const file = toPath(url);
    const isOwn = ownerOf(file) === 'application';
    const place = isOwn
      ? toPlaceOf(source, file, { line: lineNumber + 1, column: Math.max(0, columnNumber) })
      : undefined;
    const location = place === undefined ? nearest : toLocation(place.file, place.line);
    const shownName = isOwn ? functionName || '(anonymous)' : name;
    if (node.selfSize > 0 && location !== '') {
      const site = sites.get(location) ?? { functionName: shownName, location, bytes: 0 };
      site.bytes += node.selfSize;
      sites.set(location, site);
    }
    for (const child of node.children) visit(child, location, shownName);
  };
  visit(head, '', '');
  return [...sites.values()].toSorted((a, b) => b.bytes - a.bytes).slice(0, MOST_SITES);
}

/** V8 names the function; within it the line that stores something is where memory is held, when there is one. */
function toPlaceOf(
  source: SourceCode,
  file: string,
  { line, column }: { readonly line: number; readonly column: number },
): Place {
  const storing = source.findStoring(file, line);
  return storing > 0 ? source.toOriginal(file, storing) : source.toOriginal(file, line, column);
}
