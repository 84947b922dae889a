import type { FindingCategory, Severity } from '@dataguardian/scanner';
import type { BreachLevel } from './breach-severity.ts';
import type { ReportLanguage, ReportModel, TriageStatus } from './report-model.ts';
import type { RiskBand, RiskFactor } from './risk-score.ts';

export { describeArticle } from './article-words.ts';
export { describeSkip } from './skip-words.ts';

interface Words {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly category: Readonly<Record<FindingCategory, string>>;
  readonly status: Readonly<Record<TriageStatus, string>>;
  readonly band: Readonly<Record<RiskBand, string>>;
  readonly breach: Readonly<Record<BreachLevel, string>>;
  readonly scanStatus: Readonly<Record<'running' | 'completed' | 'failed' | 'cancelled', string>>;
  readonly label: Readonly<Record<LabelKey, string>>;
  readonly method: readonly string[];
}

type LabelKey =
  | 'report'
  | 'summary'
  | 'risk'
  | 'riskExplained'
  | 'factor'
  | 'points'
  | 'because'
  | 'breach'
  | 'breachNote'
  | 'manyPersons'
  | 'bySeverity'
  | 'byCategory'
  | 'types'
  | 'type'
  | 'category'
  | 'severity'
  | 'count'
  | 'distinct'
  | 'items'
  | 'articlesColumn'
  | 'locations'
  | 'location'
  | 'found'
  | 'law'
  | 'article'
  | 'meaning'
  | 'remedies'
  | 'whatToDo'
  | 'coverage'
  | 'skipped'
  | 'reason'
  | 'examples'
  | 'annex'
  | 'annexCut'
  | 'masked'
  | 'context'
  | 'status'
  | 'confidence'
  | 'method'
  | 'source'
  | 'started'
  | 'finished'
  | 'duration'
  | 'generated'
  | 'preparedBy'
  | 'organisation'
  | 'scanStatus'
  | 'read'
  | 'nothing'
  | 'nothingSkipped'
  | 'page'
  | 'of'
  | 'contents'
  | 'confidential'
  | 'row'
  | 'field'
  | 'line'
  | 'scan'
  | 'findings';

const en: Words = {
  severity: { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' },
  category: {
    identifier: 'Identification',
    contact: 'Contact',
    financial: 'Financial',
    special: 'Special categories',
    credential: 'Credentials',
    online: 'Online',
    location: 'Location',
  },
  status: {
    open: 'Open',
    confirmed: 'Confirmed',
    false_positive: 'False positive',
    accepted_risk: 'Accepted risk',
    fixed: 'Fixed',
  },
  band: { none: 'No risk found', low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' },
  breach: { low: 'low', medium: 'medium', high: 'high', veryHigh: 'very high' },
  scanStatus: {
    running: 'Still running: figures are provisional',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled before the end',
  },
  label: {
    report: 'Personal data report',
    summary: 'Summary',
    risk: 'Risk score',
    riskExplained: 'How the score comes about',
    factor: 'Factor',
    points: 'Points',
    because: 'Because',
    breach: 'If this data leaked',
    breachNote:
      'Estimate after the ENISA method: data context {0} × ease of identification {1} + circumstances {2} = {3} ({4}). It assumes that outsiders could read the data. From “high” on, expect to notify the authority within 72 hours (GDPR 33) and the persons concerned (GDPR 34).',
    manyPersons: 'More than 100 persons are likely concerned.',
    bySeverity: 'Findings by severity',
    byCategory: 'Findings by category',
    types: 'What was found',
    type: 'Type',
    category: 'Category',
    severity: 'Severity',
    count: 'Findings',
    distinct: 'Different values',
    items: 'Places',
    articlesColumn: 'Articles',
    locations: 'Where most was found',
    location: 'Location',
    found: 'Found',
    law: 'Rules of law concerned',
    article: 'Article',
    meaning: 'Meaning',
    remedies: 'What to do',
    whatToDo: 'Measure',
    coverage: 'Coverage',
    skipped: 'Not scanned',
    reason: 'Reason',
    examples: 'Examples',
    annex: 'Annex: findings',
    annexCut: 'The {0} most severe of {1} findings. The CSV export lists all of them.',
    masked: 'Value (masked)',
    context: 'Surroundings (masked)',
    status: 'Decision',
    confidence: 'Confidence',
    method: 'Method and limits',
    source: 'Source',
    started: 'Started',
    finished: 'Finished',
    duration: 'Duration',
    generated: 'Report made',
    preparedBy: 'Prepared by',
    organisation: 'Organisation',
    scanStatus: 'State of the scan',
    read: 'Read',
    nothing: 'Nothing was found.',
    nothingSkipped: 'Everything that was planned has been read.',
    page: 'Page',
    of: 'of',
    contents: 'Contents',
    confidential: 'Confidential',
    row: 'row',
    field: 'field',
    line: 'line',
    scan: 'Scan',
    findings: 'Findings',
  },
  method: [
    'Values are recognised by their form, check digits and the words around them; each finding has a confidence. The scan can miss data it does not recognise, and can report values that are no personal data: look at the findings before acting.',
    'Text in images and scanned paper is not read. Encrypted and damaged files are listed as not scanned.',
    'No found value is stored. Reports show masked values; equal values are recognised by a keyed fingerprint that cannot be turned back without the key of this installation.',
    'The risk score orders work; it is not a legal judgement. The articles named are starting points for one.',
  ],
};

const nl: Words = {
  severity: { critical: 'Kritiek', high: 'Hoog', medium: 'Middel', low: 'Laag' },
  category: {
    identifier: 'Identificatie',
    contact: 'Contact',
    financial: 'Financieel',
    special: 'Bijzondere gegevens',
    credential: 'Inloggegevens',
    online: 'Online',
    location: 'Locatie',
  },
  status: {
    open: 'Open',
    confirmed: 'Bevestigd',
    false_positive: 'Vals alarm',
    accepted_risk: 'Risico aanvaard',
    fixed: 'Opgelost',
  },
  band: { none: 'Geen risico gevonden', low: 'Laag', medium: 'Middel', high: 'Hoog', critical: 'Kritiek' },
  breach: { low: 'laag', medium: 'middel', high: 'hoog', veryHigh: 'zeer hoog' },
  scanStatus: {
    running: 'Loopt nog: cijfers zijn voorlopig',
    completed: 'Voltooid',
    failed: 'Mislukt',
    cancelled: 'Voor het einde geannuleerd',
  },
  label: {
    report: 'Rapport persoonsgegevens',
    summary: 'Samenvatting',
    risk: 'Risicoscore',
    riskExplained: 'Hoe de score tot stand komt',
    factor: 'Factor',
    points: 'Punten',
    because: 'Omdat',
    breach: 'Als deze gegevens zouden lekken',
    breachNote:
      'Schatting volgens de ENISA-methode: aard van de gegevens {0} × herleidbaarheid {1} + omstandigheden {2} = {3} ({4}). Aangenomen is dat buitenstaanders de gegevens konden lezen. Vanaf “hoog” moet u rekenen op een melding bij de Autoriteit Persoonsgegevens binnen 72 uur (AVG 33) en aan de betrokkenen (AVG 34).',
    manyPersons: 'Het gaat waarschijnlijk om meer dan 100 personen.',
    bySeverity: 'Bevindingen naar ernst',
    byCategory: 'Bevindingen naar categorie',
    types: 'Wat is gevonden',
    type: 'Soort',
    category: 'Categorie',
    severity: 'Ernst',
    count: 'Bevindingen',
    distinct: 'Verschillende waarden',
    items: 'Plaatsen',
    articlesColumn: 'Artikelen',
    locations: 'Waar het meeste is gevonden',
    location: 'Plaats',
    found: 'Gevonden',
    law: 'Betrokken rechtsregels',
    article: 'Artikel',
    meaning: 'Betekenis',
    remedies: 'Wat te doen',
    whatToDo: 'Maatregel',
    coverage: 'Dekking',
    skipped: 'Niet gescand',
    reason: 'Reden',
    examples: 'Voorbeelden',
    annex: 'Bijlage: bevindingen',
    annexCut: 'De {0} ernstigste van {1} bevindingen. De CSV-export bevat ze allemaal.',
    masked: 'Waarde (gemaskeerd)',
    context: 'Omgeving (gemaskeerd)',
    status: 'Beoordeling',
    confidence: 'Zekerheid',
    method: 'Werkwijze en grenzen',
    source: 'Bron',
    started: 'Begonnen',
    finished: 'Klaar',
    duration: 'Duur',
    generated: 'Rapport gemaakt',
    preparedBy: 'Opgesteld door',
    organisation: 'Organisatie',
    scanStatus: 'Stand van de scan',
    read: 'Gelezen',
    nothing: 'Er is niets gevonden.',
    nothingSkipped: 'Alles wat gepland was, is gelezen.',
    page: 'Pagina',
    of: 'van',
    contents: 'Inhoud',
    confidential: 'Vertrouwelijk',
    row: 'rij',
    field: 'veld',
    line: 'regel',
    scan: 'Scan',
    findings: 'Bevindingen',
  },
  method: [
    'Waarden worden herkend aan hun vorm, controlecijfers en de woorden eromheen; elke bevinding heeft een zekerheid. De scan kan gegevens missen die hij niet herkent en waarden melden die geen persoonsgegevens zijn: bekijk de bevindingen voordat u handelt.',
    'Tekst in afbeeldingen en gescand papier wordt niet gelezen. Versleutelde en beschadigde bestanden staan vermeld als niet gescand.',
    'Gevonden waarden worden niet bewaard. Rapporten tonen gemaskeerde waarden; gelijke waarden worden herkend aan een vingerafdruk met sleutel, die zonder de sleutel van deze installatie niet is terug te rekenen.',
    'De risicoscore helpt bij het ordenen van het werk; zij is geen juridisch oordeel. De genoemde artikelen zijn een beginpunt daarvoor.',
  ],
};

/** The fixed words of reports in one language. */
export function reportWords(language: ReportLanguage): Words {
  return language === 'nl' ? nl : en;
}

/** Fills `{0}`, `{1}` and so on. */
export function fill(template: string, values: readonly (string | number)[]): string {
  return template.replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''));
}

const LOCALES: Readonly<Record<ReportLanguage, string>> = { en: 'en-GB', nl: 'nl-NL' };

/** Formats numbers, sizes, moments and durations for a language. Moments are in UTC and say so. */
export function reportFormat(language: ReportLanguage): {
  number(value: number): string;
  percent(ratio: number): string;
  bytes(value: number): string;
  moment(epochMs: number): string;
  duration(ms: number): string;
} {
  const locale = LOCALES[language];
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return {
    number: (value) => plain.format(value),
    // A share just below everything must not read as everything.
    percent: (ratio) => `${plain.format(ratio < 1 ? Math.floor(ratio * 1000) / 10 : 100)}%`,
    bytes(value) {
      const power = Math.min(4, Math.floor(Math.log(Math.max(1, value)) / Math.log(1000)));
      const unit = ['B', 'kB', 'MB', 'GB', 'TB'][power] ?? 'TB';
      return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value / 1000 ** power)} ${unit}`;
    },
    moment: (epochMs) => `${moment.format(epochMs)} UTC`,
    duration(ms) {
      const seconds = Math.round(ms / 1000);
      if (seconds < 60) return `${plain.format(Math.max(0.1, Math.round(ms / 100) / 10))} s`;
      const minutes = Math.floor(seconds / 60);
      return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
    },
  };
}

/** A factor's name and the reason for its points. */
export function explainFactor(factor: RiskFactor, language: ReportLanguage): { name: string; reason: string } {
  const format = reportFormat(language);
  const [a = 0, b = 0, c = 0, d = 0] = factor.inputs.map((input) => format.number(input));
  const texts: Record<RiskFactor['name'], readonly [string, string]> =
    language === 'nl'
      ? {
          severity: ['Ernst en hoeveelheid', `${a} kritieke, ${b} hoge, ${c} middelmatige en ${d} lage waarden`],
          sensitive: ['Gevoelige gegevens', `${a} bijzondere gegevens en ${b} nationale identificatienummers`],
          credentials: ['Inloggegevens', `${a} wachtwoorden, sleutels of tokens`],
          linkage: ['Koppeling aan personen', `${a} van ${b} plaatsen verbinden een persoon met andere gegevens`],
          spread: ['Verspreiding', `gegevens op ${a} plaatsen`],
          floor: ['Ondergrens', `de ergste bevinding op zichzelf geeft al ${a} punten`],
        }
      : {
          severity: ['Severity and amount', `${a} critical, ${b} high, ${c} medium and ${d} low values`],
          sensitive: ['Sensitive data', `${a} special-category values and ${b} national identification numbers`],
          credentials: ['Credentials', `${a} passwords, keys or tokens`],
          linkage: ['Linked to persons', `${a} of ${b} places tie a person to other data`],
          spread: ['Spread', `data in ${a} places`],
          floor: ['Lower bound', `the worst finding alone justifies ${a} points`],
        };
  const [name, reason] = texts[factor.name];
  return { name, reason };
}

/** The report in a few sentences. */
export function summarise(model: ReportModel): string[] {
  const { language, totals, risk, scan, types, locations, coverage } = model;
  const format = reportFormat(language);
  const words = reportWords(language);
  const n = format.number;
  const isDutch = language === 'nl';
  const sentences: string[] = [];
  if (scan.status !== 'completed') sentences.push(`${words.label.scanStatus}: ${words.scanStatus[scan.status]}.`);
  if (types.length === 0) {
    sentences.push(
      isDutch
        ? `In ${n(scan.doneItems)} onderdelen (${format.bytes(scan.doneBytes)}) zijn geen persoonsgegevens of geheimen herkend.`
        : `No personal data or secrets were recognised in ${n(scan.doneItems)} items (${format.bytes(scan.doneBytes)}).`,
    );
  } else {
    const shown = totals.findings - totals.byStatus.false_positive;
    sentences.push(
      isDutch
        ? `De scan las ${n(scan.doneItems)} onderdelen (${format.bytes(scan.doneBytes)}) en vond ${n(shown)} keer persoonsgegevens of geheimen: ${n(totals.distinctValues)} verschillende waarden op ${n(totals.itemsWithFindings)} plaatsen.`
        : `The scan read ${n(scan.doneItems)} items (${format.bytes(scan.doneBytes)}) and found personal data or secrets ${n(shown)} times: ${n(totals.distinctValues)} different values in ${n(totals.itemsWithFindings)} places.`,
      isDutch
        ? `De risicoscore is ${risk.score} van 100 (${words.band[risk.band].toLowerCase()}).`
        : `The risk score is ${risk.score} out of 100 (${words.band[risk.band].toLowerCase()}).`,
    );
    const worst = types.slice(0, 3).map(({ name, count }) => `${name} (${n(count)})`);
    sentences.push(isDutch ? `Het zwaarst wegen: ${worst.join(', ')}.` : `Most serious: ${worst.join(', ')}.`);
    const [first] = locations;
    if (first)
      sentences.push(
        isDutch
          ? `Begin met ${first.item}: ${n(first.count)} bevindingen.`
          : `Start with ${first.item}: ${n(first.count)} ${first.count === 1 ? 'finding' : 'findings'}.`,
      );
  }
  const { false_positive: dismissed, accepted_risk: accepted, fixed } = totals.byStatus;
  if (dismissed + accepted + fixed > 0)
    sentences.push(
      isDutch
        ? `Beoordeeld: ${n(fixed)} opgelost, ${n(accepted)} aanvaard, ${n(dismissed)} vals alarm. Die tellen niet mee in de score.`
        : `Decided: ${n(fixed)} fixed, ${n(accepted)} accepted, ${n(dismissed)} false positives. They do not count towards the score.`,
    );
  if (coverage.skippedTotal === 1)
    sentences.push(
      isDutch
        ? 'Eén onderdeel is niet gescand; het hoofdstuk Dekking zegt waarom.'
        : 'One item was not scanned; the chapter Coverage says why.',
    );
  else if (coverage.skippedTotal > 0)
    sentences.push(
      isDutch
        ? `${n(coverage.skippedTotal)} onderdelen zijn niet gescand; het hoofdstuk Dekking zegt waarom.`
        : `${n(coverage.skippedTotal)} items were not scanned; the chapter Coverage says why.`,
    );
  return sentences;
}
