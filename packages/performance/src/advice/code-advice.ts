import type { LocalText, Proposal, Prover, Rule } from '@dataguardian/advisor';
import type { Bottleneck, BottleneckRule, Profiler } from '@dataguardian/profiler';

/** What people can change in the program, as far as the profiler can name the place. */
export interface CodeAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
}

const KIND = 'code.change';
/** Less of a request's time is not worth anybody's afternoon. */
const LEAST_SHARE = 0.05;
/** A method and a pattern, as routes are named. */
const ROUTE = /^[A-Z]+ \//;
const WINDOW_SECONDS = 300;
const SECONDS_PER_DAY = 86_400;
const MS_PER_SECOND = 1_000;

/** A remedy in both languages, and what the cause is called in Dutch; the profiler names it in English. */
interface Remedy extends LocalText {
  readonly cause: string;
}

/** What to do about each cause that lies in the program. Blocked loops and indexes have advice of their own. */
const REMEDIES: Readonly<Partial<Record<BottleneckRule, Remedy>>> = {
  'n-plus-one': {
    cause: 'Dezelfde query voor elke rij',
    en: 'Ask once for all of them: a join, or one statement with = any ($1).',
    nl: 'Vraag ze in één keer op: een join, of één query met = any ($1).',
  },
  'serial-awaits': {
    cause: 'Wacht na elkaar wat tegelijk kan',
    en: 'If the second does not need the result of the first: start both, then await them together.',
    nl: 'Als de tweede het resultaat van de eerste niet nodig heeft: start beide en wacht ze samen af.',
  },
  'unbounded-concurrency': {
    cause: 'Te veel tegelijk',
    en: 'Bound how many run at once, for example in groups of ten.',
    nl: 'Begrens hoeveel er tegelijk lopen, bijvoorbeeld in groepen van tien.',
  },
  'cache-stampede': {
    cause: 'Velen laden tegelijk dezelfde waarde',
    en: 'Load through getOrSet, so that one caller loads for all.',
    nl: 'Laad met getOrSet, zodat één aanroeper voor allen laadt.',
  },
  'chatty-redis': {
    cause: 'Veel kleine aanroepen naar Redis',
    en: 'Read the keys together with getMany.',
    nl: 'Lees de sleutels samen met getMany.',
  },
  'huge-json': { cause: 'Grote JSON', en: 'Send less, or in parts.', nl: 'Verstuur minder, of in delen.' },
  'large-response': {
    cause: 'Antwoorden zijn erg groot',
    en: 'Page the answer, or leave out what nobody reads.',
    nl: 'Deel het antwoord op in pagina’s.',
  },
  'retry-storm': {
    cause: 'Fouten worden te vaak opnieuw geprobeerd',
    en: 'Wait between attempts, longer each time and at random, and give up sooner.',
    nl: 'Wacht tussen pogingen, steeds langer en willekeurig, en geef eerder op.',
  },
};

/**
 * Proposes what the detectors found, with the most that its removal can bring.
 * @param isCovered Whether something better than a bound is known of it.
 */
export function createCodeAdvice(
  profiler: Pick<Profiler, 'bottlenecks'>,
  isCovered: (bottleneck: Bottleneck) => boolean = () => false,
): CodeAdvice {
  const found = (): Bottleneck[] =>
    profiler
      .bottlenecks(WINDOW_SECONDS * MS_PER_SECOND)
      .filter(
        ({ rule, location, share }) => REMEDIES[rule] !== undefined && location !== undefined && share >= LEAST_SHARE,
      )
      .filter((bottleneck) => !isCovered(bottleneck));
  return {
    rule: { name: 'profiler', propose: () => found().map(toProposal) },
    prover: {
      kind: KIND,
      prove({ change }) {
        const bottleneck = found().find(({ rule, location }) => `${rule} ${location ?? ''}` === change.subject);
        if (bottleneck === undefined) return Promise.resolve(undefined);
        const share = Math.min(0.99, bottleneck.share);
        const percent = `${Math.round(share * 100)}%`;
        const { totalMs = 0 } = bottleneck.evidence;
        return Promise.resolve({
          method: 'bound',
          description: {
            en: `At most ${percent}: the share of the time that it took in the last five minutes.`,
            nl: `Hoogstens ${percent}: het aandeel van de tijd dat het de laatste vijf minuten kostte.`,
          },
          metric: 'requests.p95',
          figure: { en: 'time, with and without it', nl: 'tijd, met en zonder' },
          before: 1,
          after: 1 - share,
          better: 'lower',
          gainInterval: [1, 1 / (1 - share)],
          savedSecondsPerDay: (totalMs / MS_PER_SECOND) * (SECONDS_PER_DAY / WINDOW_SECONDS),
        });
      },
    },
  };
}

function toProposal({ rule, title, subject, location, evidence }: Bottleneck): Proposal {
  const remedy = REMEDIES[rule] ?? { en: '', nl: '', cause: rule };
  return {
    rule,
    change: { kind: KIND, subject: `${rule} ${location ?? ''}`, parameters: { location } },
    title: { en: title, nl: `${remedy.cause}: ${subject === '' ? (location ?? '') : subject}` },
    explanation: { en: `${location ?? ''}: ${remedy.en}`, nl: `${location ?? ''}: ${remedy.nl}` },
    evidence: {
      ...evidence,
      ...(location === undefined ? {} : { location }),
      ...(ROUTE.test(subject) ? { route: subject } : {}),
    },
  };
}
