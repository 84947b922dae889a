import { Session, type HeapProfiler } from 'node:inspector';
import { ownerOf, toLocation, toPath } from '../sampling/frame.ts';
import type { Place, SourceCode } from '../sampling/source-code.ts';
import { findHolder, type FunctionStart, type Holder } from './holder.ts';

/** Memory that was allocated at one place and is still held. */
export interface AllocationSite {
  readonly functionName: string;
  /** `file:line` in the innermost function of the program: the line that stores, else the function's first. */
  readonly location: string;
  /** Estimated from samples; live when they were read. */
  readonly bytes: number;
  /** What it is held by; `undefined` when the source does not show it. */
  readonly holder: Holder | undefined;
}

/** Samples allocations; V8 keeps those samples whose objects still live. */
export interface HeapSampler {
  /** Begins; samples one allocation in about `intervalBytes`. Idempotent. */
  start(intervalBytes: number): void;
  /** Live bytes by the place that allocated them, most first. Empty when not sampling. */
  read(): readonly AllocationSite[];
  stop(): void;
  readonly isSampling: boolean;
}

const MOST_SITES = 50;
/** Who holds the memory is looked for where most of it is; it takes reading sources. */
const HOLDERS_SOUGHT = 5;

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
    stop() {
      session?.post('HeapProfiler.stopSampling');
      session?.disconnect();
      session = undefined;
    },
  };
}

/** A function of the program and those that called it. */
interface Chain extends FunctionStart {
  readonly callers: Chain | undefined;
}

interface SiteSum {
  readonly functionName: string;
  readonly location: string;
  readonly chain: Chain | undefined;
  bytes: number;
}

function toSites(head: HeapProfiler.SamplingHeapProfileNode, source: SourceCode): readonly AllocationSite[] {
  const sites = new Map<string, SiteSum>();
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, nearest: Omit<SiteSum, 'bytes'>): void => {
    const { url, lineNumber, columnNumber, functionName } = node.callFrame;
    const file = toPath(url);
    let here = nearest;
    if (ownerOf(file) === 'application') {
      const start = { file, line: lineNumber + 1 };
      const place = toPlaceOf(source, file, { line: start.line, column: Math.max(0, columnNumber) });
      here = {
        functionName: functionName || '(anonymous)',
        location: toLocation(place.file, place.line),
        chain: { ...start, callers: nearest.chain },
      };
    }
    if (node.selfSize > 0 && here.location !== '') {
      const site = sites.get(here.location) ?? { ...here, bytes: 0 };
      site.bytes += node.selfSize;
      sites.set(here.location, site);
    }
    for (const child of node.children) visit(child, here);
  };
  visit(head, { functionName: '', location: '', chain: undefined });
  return [...sites.values()]
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_SITES)
    .map(({ chain, ...site }, index) => ({
      ...site,
      holder: index < HOLDERS_SOUGHT ? findHolder(toFunctions(chain), source) : undefined,
    }));
}

function toFunctions(chain: Chain | undefined): readonly FunctionStart[] {
  const functions: FunctionStart[] = [];
  for (let current = chain; current !== undefined; current = current.callers) functions.push(current);
  return functions;
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
