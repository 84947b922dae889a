import type { DashboardSources } from '@dataguardian/dashboard';
import { FALLBACKS, type Component } from '../fallbacks.ts';

/** Dutch for {@link FALLBACKS}. */
const DUTCH: Readonly<Record<Component, readonly [behaviour: string, remedy: string]>> = {
  database: [
    'Wat in de cache staat wordt nog getoond, lopende sessies blijven leesbaar, wijzigingen worden met 503 geweigerd.',
    'Start PostgreSQL of verbeter DATABASE_URL; de pool vult zichzelf weer.',
  ],
  cache: [
    'Er wordt gelezen uit het geheugen en de database; geen verzoek mislukt.',
    'Start Redis of verbeter REDIS_URL; wat wachtte wordt alsnog doorgegeven.',
  ],
  sessions: [
    'Lopende sessies komen uit het geheugen; niemand kan inloggen.',
    'Herstel de database: daar staat wie is ingelogd.',
  ],
  profiler: ['Verzoeken worden bediend zonder te worden waargenomen.', 'Lees het logboek voor de oorzaak.'],
  advisor: ['Er komen geen nieuwe aanbevelingen; wat is toegepast blijft.', 'Lees het logboek voor de oorzaak.'],
  dashboard: ['De prestatiepagina’s antwoorden 503; al het andere werkt.', 'Lees het logboek voor de oorzaak.'],
};

/** What happens while a component is away, and what to do, in both languages. */
export const FALLBACK_WORDS: NonNullable<DashboardSources['fallbacks']> = Object.fromEntries(
  FALLBACKS.map(({ component, behaviour, remedy }) => [
    component,
    {
      behaviour: { en: behaviour, nl: DUTCH[component][0] },
      remedy: { en: remedy, nl: DUTCH[component][1] },
    },
  ]),
);
