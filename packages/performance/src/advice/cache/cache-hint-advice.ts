import type { LocalText, Proof, Proposal, Prover, Rule } from '@dataguardian/advisor';
import type { Cache, CacheProposal } from '@dataguardian/cache';
import { findRefreshHints } from './cache-refresh-advice.ts';
import { LONGEST_TRIED_MS } from './cache-ttl-advice.ts';

/** What the cache analyst shows and people change themselves: where values live, how large they are, long lives. */
export interface CacheHintAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
}

interface Hint {
  readonly proposal: Proposal;
  readonly proof: Proof;
}

const KIND = 'cache.hint';
const SECONDS_PER_DAY = 86_400;
const MEBIBYTE = 1_048_576;
/** Large values of one namespace that together take less of the memory are no burden. */
const BURDEN_RATIO = 0.1;

/** Proposes what is proved by counting and needs a person: nothing of it shows its gain within two minutes. */
export function createCacheHintAdvice(cache: Cache): CacheHintAdvice {
  const hints = (): Hint[] => [
    ...cache.analyst.proposals().flatMap((proposal) => toHint(proposal, cache)),
    ...findRefreshHints(cache),
    ...oversized(cache),
  ];
  return {
    rule: { name: 'cache-hints', propose: () => hints().map(({ proposal }) => proposal) },
    prover: {
      kind: KIND,
      prove: ({ rule, change }) =>
        Promise.resolve(
          hints().find(({ proposal }) => proposal.rule === rule && proposal.change.subject === change.subject)?.proof,
        ),
    },
  };
}

function toHint({ title, change, proof }: CacheProposal, cache: Cache): Hint[] {
  if (change.kind === 'ttl' && change.fromMs > LONGEST_TRIED_MS) {
    const { namespace, fromMs, toMs } = change;
    const { now = 0, expected = 0 } = proof.outdatedReadRatio ?? {};
    return [
      {
        proposal: {
          rule: 'cache-long-ttl',
          change: { kind: KIND, subject: namespace, parameters: { toMs } },
          title: {
            en: title,
            nl: `${namespace}: verversen brengt bijna altijd dezelfde waarde; verdubbel de levensduur`,
          },
          explanation: {
            en: `Values of ${namespace} live for ${fromMs / 1_000} s and are loaded anew without having changed. Set its ttl to ${toMs / 1_000} s where the namespace is created.`,
            nl: `Waarden van ${namespace} leven ${fromMs / 1_000} s en worden opnieuw geladen zonder te zijn veranderd. Zet de ttl op ${toMs / 1_000} s waar de naamruimte wordt gemaakt.`,
          },
          evidence: {
            namespace,
            fromMs,
            toMs,
            refreshCount: proof.sampleSize,
            outdatedReadsNow: now,
            outdatedReadsExpected: expected,
          },
        },
        proof: {
          method: 'bound',
          description: {
            en: `${proof.sampleSize} refreshed values compared with the ones before: at most half of the loads are saved, and at most ${(expected * 100).toFixed(1)}% of reads see an outdated value.`,
            nl: `${proof.sampleSize} ververste waarden vergeleken met de vorige: hoogstens de helft van de laadacties vervalt, en hoogstens ${(expected * 100).toFixed(1)}% van de leesacties ziet een verouderde waarde.`,
          },
          metric: 'cache.misses',
          figure: { en: 'loads, now and at least', nl: 'laadacties, nu en minstens' },
          before: 1,
          after: 0.5,
          better: 'lower',
          gainInterval: [1, 2],
          savedSecondsPerDay: (proof.savedLoadMsPerSecond * SECONDS_PER_DAY) / 1_000,
        },
      },
    ];
  }
  if (change.kind !== 'leave-memory') return [];
  const { namespace } = change;
  const bytes = cache.stats().namespaces.find(({ name }) => name === namespace)?.memoryBytes ?? 0;
  return [
    {
      proposal: {
        rule: 'cache-unread-values',
        change: { kind: KIND, subject: namespace, parameters: { tiers: 'redis' } },
        title: {
          en: title,
          nl: `${namespace}: bijna alle waarden verlaten het geheugen ongelezen; bewaar ze alleen in Redis`,
        },
        explanation: {
          en: `Of ${proof.sampleSize} values that left memory nearly all were never read there. Set tiers: 'redis' where ${namespace} is created.`,
          nl: `Van ${proof.sampleSize} waarden die het geheugen verlieten zijn bijna alle daar nooit gelezen. Zet tiers: 'redis' waar ${namespace} wordt gemaakt.`,
        },
        evidence: { namespace, bytes, leftCount: proof.sampleSize },
      },
      proof: roomProof(cache, bytes, {
        en: `${proof.sampleSize} values counted as they left memory.`,
        nl: `${proof.sampleSize} waarden geteld toen ze het geheugen verlieten.`,
      }),
    },
  ];
}

function oversized(cache: Cache): Hint[] {
  const { memoryMaxBytes } = cache.stats();
  return [...Map.groupBy(cache.analyst.oversized(), ({ namespace }) => namespace)].flatMap(([namespace, values]) => {
    const bytes = values.reduce((sum, value) => sum + value.bytes, 0);
    if (bytes < memoryMaxBytes * BURDEN_RATIO) return [];
    const megabytes = (bytes / MEBIBYTE).toFixed(1);
    const percent = `${Math.round((bytes / memoryMaxBytes) * 100)}%`;
    return [
      {
        proposal: {
          rule: 'cache-large-values',
          // Keys may name people: the cache page shows them, the ledger does not keep them.
          change: { kind: KIND, subject: namespace, parameters: { largest: 'smaller or elsewhere' } },
          title: {
            en: `${namespace}: ${values.length} values take ${percent} of the memory`,
            nl: `${namespace}: ${values.length} waarden nemen ${percent} van het geheugen in`,
          },
          explanation: {
            en: `${values.length} values of ${namespace}, each above 1% of the memory, take ${megabytes} MiB that others could use. Store parts of them, or keep them in Redis only. The cache page names them.`,
            nl: `${values.length} waarden van ${namespace}, elk meer dan 1% van het geheugen, nemen ${megabytes} MiB in die andere konden gebruiken. Bewaar ze in delen, of alleen in Redis. De cachepagina noemt ze.`,
          },
          evidence: { namespace, valueCount: values.length, bytes, memoryMaxBytes },
        },
        proof: roomProof(cache, bytes, {
          en: 'The sizes of the values in memory now.',
          nl: 'De grootten van de waarden die nu in het geheugen staan.',
        }),
      },
    ];
  });
}

/** Room for the other values: a bound, because what they make of it is not known. */
function roomProof(cache: Cache, bytes: number, description: LocalText): Proof {
  const { memoryMaxBytes } = cache.stats();
  const gain = memoryMaxBytes / Math.max(1, memoryMaxBytes - bytes);
  return {
    method: 'bound',
    description: {
      en: `${description.en} At most this room is gained.`,
      nl: `${description.nl} Meer ruimte dan dit is niet te winnen.`,
    },
    metric: 'cache.evictions',
    figure: { en: 'memory for other values, MiB', nl: 'geheugen voor andere waarden, MiB' },
    before: (memoryMaxBytes - bytes) / MEBIBYTE,
    after: memoryMaxBytes / MEBIBYTE,
    better: 'higher',
    gainInterval: [1, gain],
    savedSecondsPerDay: 0,
  };
}
