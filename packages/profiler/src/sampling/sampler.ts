import { console as inspectorConsole, Session } from 'node:inspector';
import type { CpuProfile } from '../cpu-profile.ts';
import { createSamplerThread, samplerThreadIds, type SamplerThread } from './sampler-thread.ts';

/** Records stacks without a gap, one recording after the other. */
export interface Sampler {
  /** Begins to record. The first recording of a process reads all functions: 20 to 130 ms, once. Idempotent. */
  start(intervalUs: number): void;
  /** Ends the recording and begins the next; the loop stands still for 1 to 3 ms. `undefined` when not recording. */
  rotate(): CpuProfile | undefined;
  /** Ends recording and hands over what there is. */
  stop(): CpuProfile | undefined;
  readonly isRecording: boolean;
  /** Samples as seldom as the system allows, until {@link wake}. */
  rest(): void;
  /** Samples at its interval again. */
  wake(): void;
}

interface FinishedRecording {
  readonly params: { readonly title?: string; readonly profile: CpuProfile };
}

/** V8's console beside the ordinary one; its methods lack types. */
interface InspectorConsole {
  profile(title: string): void;
  profileEnd(title: string): void;
}

let samplerCount = 0;

/**
 * Records over the inspector, in a session of its own, with overlapping recordings: V8 forgets all functions when its
 * last recording ends, so the next begins before the former ends. Source of the idea: the overlap that Datadog's
 * tracer uses for its native profiler, here over `console.profile` of the inspector, which needs no native module.
 */
export function createSampler(): Sampler {
  // V8's console object has no types of its own in @types/node beyond Console, whose profile methods are optional.
  const recorder = inspectorConsole as unknown as InspectorConsole;
  const prefix = `dataguardian-${++samplerCount}-`;
  let session: Session | undefined;
  let recordingCount = 0;
  let current: string | undefined;
  let finished: CpuProfile | undefined;
  let thread: SamplerThread | undefined;

  const begin = (): string => {
    const title = `${prefix}${++recordingCount}`;
    recorder.profile(title);
    return title;
  };
  const end = (title: string): CpuProfile | undefined => {
    finished = undefined;
    recorder.profileEnd(title);
    const profile = finished;
    finished = undefined;
    return profile;
  };

  return {
    get isRecording() {
      return current !== undefined;
    },
    start(intervalUs) {
      if (session !== undefined) return;
      const opened = new Session();
      opened.connect();
      opened.on('Profiler.consoleProfileFinished', ({ params }: FinishedRecording) => {
        if (params.title?.startsWith(prefix)) finished = params.profile;
      });
      opened.post('Profiler.enable');
      opened.post('Profiler.setSamplingInterval', { interval: intervalUs });
      session = opened;
      const others = new Set(samplerThreadIds());
      current = begin();
      thread = createSamplerThread(samplerThreadIds().filter((id) => !others.has(id)));
    },
    rotate() {
      if (current === undefined) return undefined;
      const former = current;
      current = begin();
      return end(former);
    },
    stop() {
      if (session === undefined) return undefined;
      const profile = current === undefined ? undefined : end(current);
      current = undefined;
      session.disconnect();
      session = undefined;
      thread = undefined;
      return profile;
    },
    rest: () => thread?.relax(),
    wake: () => thread?.tighten(),
  };
}
