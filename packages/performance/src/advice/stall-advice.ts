import { replayWithout, type Proposal, type Prover, type Rule } from '@dataguardian/advisor';
import type { Clock } from '@dataguardian/telemetry';
import type { RequestTimeline } from './request-timeline.ts';

/** A block of the event loop, as the profiler tells of it. */
export interface SeenStall {
  /** End of the block, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly cause: string;
  readonly place: { readonly functionName: string; readonly file: string; readonly line: number } | undefined;
}

/** What the advice rests on. */
export interface StallAdviceOptions {
  /** Stalls that ended at or after `since`, epoch milliseconds. */
  readonly stalls: (since: number) => readonly SeenStall[];
  readonly timeline: RequestTimeline;
  readonly clock: Clock;
}

/** Code that stops the event loop: named by line, with what its absence would have brought to recorded requests. */
export interface StallAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
}

const KIND = 'code.stall';
/** Less than a twentieth of the slowest requests' time is noticed by nobody. */
const NOTICEABLE_GAIN = 1.05;
const LOOK_BACK_MS = 5 * 60_000;
/** One stall may be chance: a collection of garbage, a busy neighbour. */
const FEWEST_STALLS = 3;
const SECONDS_PER_DAY = 86_400;

/** What the line does that stops the loop, and what people do about it. */
const REMEDIES: Readonly<Record<string, { readonly en: string; readonly nl: string }>> = {
  regexp: {
    en: 'A regular expression tries too many ways to match: make its repetitions exclusive, or bound the input.',
    nl: 'Een reguliere expressie probeert te veel mogelijkheden: maak de herhalingen eenduidig of begrens de invoer.',
  },
  json: {
    en: 'A large value is turned into JSON or back at once: send it in parts, or in a worker thread.',
    nl: 'Een grote waarde wordt in één keer naar JSON of terug omgezet: verstuur haar in delen of in een aparte thread.',
  },
  'sync-crypto': {
    en: 'A synchronous call of the crypto module: its asynchronous form works in the thread pool.',
    nl: 'Een synchrone aanroep van de cryptomodule: de asynchrone vorm werkt in de threadpool.',
  },
  'sync-zlib': {
    en: 'Synchronous compression: its asynchronous form works in the thread pool.',
    nl: 'Synchrone compressie: de asynchrone vorm werkt in de threadpool.',
  },
  'sync-fs': {
    en: 'Synchronous access to files: its promise form works in the thread pool.',
    nl: 'Synchrone toegang tot bestanden: de vorm met promises werkt in de threadpool.',
  },
  'sync-process': {
    en: 'A process is started and waited for: start it asynchronously.',
    nl: 'Er wordt op een gestart proces gewacht: start het asynchroon.',
  },
};
const OTHER_REMEDY = {
  en: 'The line computes for long: divide the work, or move it to a worker thread.',
  nl: 'Deze regel rekent lang: verdeel het werk of verplaats het naar een aparte thread.',
};

/** Proposes the lines that stop the loop most, proved by playing the recorded requests again without them. */
export function createStallAdvice({ stalls, timeline, clock }: StallAdviceOptions): StallAdvice {
  const recent = (): ReadonlyMap<string, readonly SeenStall[]> =>
    Map.groupBy(stalls(clock.now() - LOOK_BACK_MS), ({ place }) =>
      place === undefined ? '' : `${place.file}:${place.line}`,
    );
  return {
    rule: {
      name: 'blocked-event-loop',
      propose: () =>
        [...recent()]
          .filter(([location, group]) => location !== '' && group.length >= FEWEST_STALLS)
          .map(([location, group]) => toProposal(location, group)),
    },
    prover: {
      kind: KIND,
      prove({ change }) {
        const group = recent().get(change.subject) ?? [];
        const requests = timeline.since(clock.now() - LOOK_BACK_MS);
        const replay = replayWithout(
          group.map(({ at, durationMs }) => ({ endedAt: at, durationMs })),
          requests,
        );
        // Nobody waited: there is no gain to show.
        if (replay.waitingCount === 0 || replay.after.p99Ms >= replay.before.p99Ms) return Promise.resolve(undefined);
        const gain = replay.before.p99Ms / Math.max(1, replay.after.p99Ms);
        if (gain < NOTICEABLE_GAIN) return Promise.resolve(undefined);
        const waitedMs = Math.round(replay.waitedMs);
        return Promise.resolve({
          method: 'bound',
          description: {
            en: `The requests of the last five minutes, played again without these stalls: ${replay.waitingCount} had waited ${waitedMs} ms for them. At most this is gained.`,
            nl: `De verzoeken van de laatste vijf minuten, opnieuw afgespeeld zonder deze blokkades: ${replay.waitingCount} hadden er ${waitedMs} ms op gewacht. Meer dan dit is niet te winnen.`,
          },
          metric: 'requests.p99',
          before: replay.before.p99Ms,
          after: Math.max(1, replay.after.p99Ms),
          gainInterval: [1, gain],
          savedSecondsPerDay: (replay.waitedMs / LOOK_BACK_MS) * SECONDS_PER_DAY,
          savedP95SecondsPerDay:
            ((replay.before.p95Ms - replay.after.p95Ms) * requests.length * SECONDS_PER_DAY) / LOOK_BACK_MS,
        });
      },
    },
  };
}

function toProposal(location: string, group: readonly SeenStall[]): Proposal {
  const [first] = group;
  const cause = first?.cause ?? 'code';
  const name = first?.place?.functionName ?? '';
  const worstMs = Math.round(Math.max(...group.map(({ durationMs }) => durationMs)));
  const totalMs = Math.round(group.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const remedy = REMEDIES[cause] ?? OTHER_REMEDY;
  return {
    rule: 'blocked-event-loop',
    change: { kind: KIND, subject: location, parameters: { cause, functionName: name } },
    title: {
      en: `${name === '' ? location : name} stops everybody for up to ${worstMs} ms`,
      nl: `${name === '' ? location : name} houdt iedereen tot ${worstMs} ms op`,
    },
    explanation: {
      en: `${location} stopped the event loop ${group.length} times in five minutes, ${totalMs} ms in all. ${remedy.en}`,
      nl: `${location} hield de event loop ${group.length} keer in vijf minuten op, samen ${totalMs} ms. ${remedy.nl}`,
    },
    evidence: { location, cause, stallCount: group.length, worstMs, totalMs },
  };
}
