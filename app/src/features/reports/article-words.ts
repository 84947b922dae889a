import type { ReportLanguage } from './report-model.ts';

interface Meaning {
  readonly en: string;
  readonly nl: string;
}

/** Looked up by the article as given, then by its number without paragraph. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  'GDPR 4(14)': { en: 'Definition of biometric data', nl: 'Definitie van biometrische gegevens' },
  'GDPR 5': { en: 'Principles of processing', nl: 'Beginselen van verwerking' },
  'GDPR 5(1)(a)': {
    en: 'Lawfulness, fairness and transparency',
    nl: 'Rechtmatigheid, behoorlijkheid en transparantie',
  },
  'GDPR 5(1)(b)': { en: 'Purpose limitation', nl: 'Doelbinding' },
  'GDPR 5(1)(c)': {
    en: 'Data minimisation: keep only what is needed',
    nl: 'Minimale gegevensverwerking: bewaar alleen wat nodig is',
  },
  'GDPR 5(1)(d)': { en: 'Accuracy', nl: 'Juistheid' },
  'GDPR 5(1)(e)': { en: 'Storage limitation', nl: 'Opslagbeperking' },
  'GDPR 5(1)(f)': { en: 'Integrity and confidentiality', nl: 'Integriteit en vertrouwelijkheid' },
  'GDPR 6': { en: 'A lawful basis is required', nl: 'Een rechtsgrondslag is vereist' },
  'GDPR 8': { en: 'Consent of children', nl: 'Toestemming van kinderen' },
  'GDPR 9': {
    en: 'Special categories: prohibited unless an exception applies',
    nl: 'Bijzondere persoonsgegevens: verboden tenzij een uitzondering geldt',
  },
  'GDPR 10': {
    en: 'Criminal convictions and offences: only under official authority or law',
    nl: 'Strafrechtelijke gegevens: alleen onder toezicht van de overheid of krachtens de wet',
  },
  'GDPR 25': {
    en: 'Data protection by design and by default',
    nl: 'Gegevensbescherming door ontwerp en standaardinstellingen',
  },
  'GDPR 30': { en: 'Records of processing activities', nl: 'Register van verwerkingsactiviteiten' },
  'GDPR 32': { en: 'Security of processing', nl: 'Beveiliging van de verwerking' },
  'GDPR 33': {
    en: 'Notify the authority of a breach within 72 hours',
    nl: 'Meld een datalek binnen 72 uur aan de toezichthouder',
  },
  'GDPR 34': { en: 'Tell the persons concerned about a breach', nl: 'Informeer de betrokkenen over een datalek' },
  'GDPR 35': { en: 'Data protection impact assessment', nl: 'Gegevensbeschermingseffectbeoordeling (DPIA)' },
  'GDPR 87': {
    en: 'National identification numbers: national rules apply',
    nl: 'Nationaal identificatienummer: nationale regels gelden',
  },
  'Tw 11.7a': {
    en: 'Dutch Telecommunications Act: cookies need consent',
    nl: 'Telecommunicatiewet: voor cookies is toestemming nodig',
  },
  'UAVG 5': { en: 'Consent of persons under 16', nl: 'Toestemming van personen jonger dan 16 jaar' },
  'UAVG 22': { en: 'Special categories of personal data', nl: 'Bijzondere categorieën persoonsgegevens' },
  'UAVG 25': { en: 'Racial or ethnic origin', nl: 'Ras of etnische afkomst' },
  'UAVG 26': { en: 'Political opinions', nl: 'Politieke opvattingen' },
  'UAVG 27': { en: 'Religious or philosophical beliefs', nl: 'Religieuze of levensbeschouwelijke overtuigingen' },
  'UAVG 28': { en: 'Genetic data', nl: 'Genetische gegevens' },
  'UAVG 29': { en: 'Biometric data', nl: 'Biometrische gegevens' },
  'UAVG 30': { en: 'Health data', nl: 'Gezondheidsgegevens' },
  'UAVG 31': { en: 'Criminal data', nl: 'Strafrechtelijke gegevens' },
  'UAVG 32': { en: 'Criminal data: general exceptions', nl: 'Strafrechtelijke gegevens: algemene uitzonderingen' },
  'UAVG 33': { en: 'Criminal data: other exceptions', nl: 'Strafrechtelijke gegevens: overige uitzonderingen' },
  'UAVG 46': {
    en: 'The BSN may be used only where a law says so',
    nl: 'Het BSN mag alleen worden gebruikt waar een wet dat bepaalt',
  },
};

/** An article as the reader's language writes it, and what it is about. */
export function describeArticle(article: string, language: ReportLanguage): { article: string; meaning: string } {
  const number = /^\S+ \d+/.exec(article)?.[0] ?? article;
  const meaning = MEANINGS[article] ?? MEANINGS[number];
  return {
    article: language === 'nl' ? article.replace(/^GDPR/, 'AVG') : article,
    meaning: meaning?.[language] ?? '',
  };
}
