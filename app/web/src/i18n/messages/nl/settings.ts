import type { settings as english } from '../en/settings.ts';

/** The settings page, in Dutch. */
export const settings: Readonly<Record<keyof typeof english, string>> = {
  'settings.lead': 'Hoe lang resultaten bewaard blijven, en wat gescand mag worden.',
  'settings.notAllowed': 'Alleen beheerders wijzigen de instellingen.',
  'settings.saved': 'De instellingen zijn opgeslagen.',
  'settings.retention': 'Bewaren en verwijderen',
  'settings.retentionNote':
    'Wat niet meer nodig is, moet weg: de AVG vraagt erom, en de pagina’s blijven er snel door.',
  'settings.days': 'Scans verwijderen na dit aantal dagen',
  'settings.daysHint': 'Geteld vanaf het einde van een scan, met alle bevindingen en rapporten. Leeg: nooit.',
  'settings.daysWrong': 'Vul een heel getal van 1 tot en met 3650 in, of laat het leeg.',
  'settings.keepUploads': 'Geüploade bestanden na hun scan bewaren',
  'settings.keepUploadsHint': 'Anders worden ze verwijderd zodra hun scan is afgelopen.',
  'settings.saveRetention': 'Bewaartermijn opslaan',
  'settings.sources': 'Wat gescand mag worden',
  'settings.sourcesNote': 'Mappen en netwerken van de server.',
  'settings.folders': 'Mappen van de server',
  'settings.foldersHint': 'Eén volledig pad per regel. Leeg: elke map, voor beheerders van de eerste organisatie.',
  'settings.foldersWrong': 'Laat elke regel met / beginnen, bijvoorbeeld /srv/shared, en gebruik hoogstens 100 regels.',
  'settings.internal': 'Interne adressen toestaan',
  'settings.internalHint': 'Websites, repository’s en databases in uw eigen netwerk mogen gescand worden.',
  'settings.saveSources': 'Opslaan wat gescand mag worden',
};
