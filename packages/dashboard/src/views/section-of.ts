import type { LocalText } from '@dataguardian/advisor';
import type { Section } from '../api/section.ts';

/** What an empty part says when nobody connected a source. */
export interface EmptyWords {
  readonly why: LocalText;
  readonly remedy: LocalText;
}

/**
 * Asks a source that may be absent, may fail, and may not know (`undefined`); never rejects.
 * @param onFault Hears why it failed; the page only hears that it did.
 */
export async function sectionOf<Content extends object>(
  load: (() => Content | undefined | Promise<Content | undefined>) | undefined,
  words: EmptyWords,
  onFault: (error: unknown) => void,
): Promise<Section<Content>> {
  if (load === undefined) return { state: 'empty', reason: 'not-connected', ...words };
  try {
    const content = await load();
    return content === undefined ? { state: 'empty', reason: 'not-connected', ...words } : { state: 'ready', content };
  } catch (error) {
    onFault(error);
    return { state: 'empty', reason: 'failed', ...FAILED };
  }
}

const FAILED: EmptyWords = {
  why: { en: 'This part does not answer at the moment.', nl: 'Dit onderdeel antwoordt op dit moment niet.' },
  remedy: {
    en: 'It is asked again with the next refresh; the log of the server has the cause.',
    nl: 'Bij de volgende verversing wordt het opnieuw gevraagd; de oorzaak staat in het logboek van de server.',
  },
};

const notConnected = (en: string, nl: string, remedy: readonly [en: string, nl: string]): EmptyWords => ({
  why: { en, nl },
  remedy: { en: remedy[0], nl: remedy[1] },
});

/** Words of each part that a host may leave out. */
export const EMPTY: Readonly<Record<'database' | 'statement' | 'cache' | 'sessions' | 'scans' | 'flame', EmptyWords>> =
  {
    database: notConnected('No database is connected to this page.', 'Er is geen database met deze pagina verbonden.', [
      'Pass `sources.database` to createDashboard; pool and statement charts work without it.',
      'Geef `sources.database` aan createDashboard; grafieken van de pool en query’s werken zonder.',
    ]),
    statement: notConnected('Nothing more is known of this statement.', 'Over deze query is niet meer bekend.', [
      'Plans of slow statements are captured as they run; look again after it has run.',
      'Plannen van trage query’s worden vastgelegd terwijl ze lopen; kijk opnieuw nadat de query is uitgevoerd.',
    ]),
    cache: notConnected('No cache is connected to this page.', 'Er is geen cache met deze pagina verbonden.', [
      'Pass `sources.cache` to createDashboard; the hit-ratio chart works without it.',
      'Geef `sources.cache` aan createDashboard; de grafiek van treffers werkt zonder.',
    ]),
    sessions: notConnected(
      'No sessions are connected to this page.',
      'Er zijn geen sessies met deze pagina verbonden.',
      ['Pass `sources.sessions` to createDashboard.', 'Geef `sources.sessions` aan createDashboard.'],
    ),
    scans: notConnected('No scans are connected to this page.', 'Er zijn geen scans met deze pagina verbonden.', [
      'Pass `sources.scans` to createDashboard; throughput charts work without it.',
      'Geef `sources.scans` aan createDashboard; grafieken van de doorvoer werken zonder.',
    ]),
    flame: notConnected('No stacks are sampled in this process.', 'In dit proces worden geen stacks bemonsterd.', [
      'Switch sampling on in the profiler and pass `sources.flame`, or download a recording of the next seconds.',
      'Zet bemonstering aan in de profiler en geef `sources.flame`, of download een opname van de komende seconden.',
    ]),
  };
