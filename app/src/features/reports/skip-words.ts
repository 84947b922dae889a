import type { ReportLanguage } from './report-model.ts';

const MEANINGS: Readonly<Record<string, { readonly en: string; readonly nl: string }>> = {
  UNREADABLE: { en: 'Cannot be opened or read', nl: 'Kan niet worden geopend of gelezen' },
  SYMLINK: {
    en: 'Symbolic link that leads out, in a circle or nowhere',
    nl: 'Symbolische link naar buiten, in een kring of nergens heen',
  },
  SPECIAL_FILE: { en: 'Device, socket or pipe', nl: 'Apparaat, socket of pipe' },
  BINARY: { en: 'Binary data without text', nl: 'Binaire gegevens zonder tekst' },
  UNSUPPORTED: { en: 'Format that is not read', nl: 'Formaat dat niet wordt gelezen' },
  BROKEN: { en: 'Damaged: the content contradicts its format', nl: 'Beschadigd: de inhoud klopt niet met het formaat' },
  ENCRYPTED: { en: 'Protected by a password', nl: 'Beveiligd met een wachtwoord' },
  TOO_LARGE: { en: 'Larger than the limit for its format', nl: 'Groter dan de grens voor dit formaat' },
  ARCHIVE_RATIO: { en: 'Archive that unpacks to suspiciously much', nl: 'Archief dat tot verdacht veel uitpakt' },
  ARCHIVE_SIZE: { en: 'Archive that unpacks to more than the limit', nl: 'Archief dat tot meer dan de grens uitpakt' },
  ARCHIVE_DEPTH: { en: 'Archive inside too many archives', nl: 'Archief in te veel archieven' },
  ARCHIVE_ENTRIES: { en: 'Archive with too many entries', nl: 'Archief met te veel bestanden' },
  UNSAFE_NAME: {
    en: 'Archive entry whose name leads out of the archive',
    nl: 'Bestand in een archief met een naam die naar buiten leidt',
  },
  TABLE_UNREADABLE: { en: 'Table that may not be read', nl: 'Tabel die niet mag worden gelezen' },
  ROBOTS: { en: 'robots.txt asks not to fetch it', nl: 'robots.txt vraagt dit niet op te halen' },
  HTTP_STATUS: { en: 'The server answered with an error', nl: 'De server antwoordde met een fout' },
  ADDRESS_BLOCKED: { en: 'Leads to an internal address', nl: 'Leidt naar een intern adres' },
  UNREACHABLE: { en: 'The server did not answer', nl: 'De server antwoordde niet' },
  LIMIT_REACHED: { en: 'A limit of the scan was reached', nl: 'Een grens van de scan is bereikt' },
  NO_TEXT: {
    en: 'Document without text, most likely scanned paper',
    nl: 'Document zonder tekst, waarschijnlijk gescand papier',
  },
  PART_FAILED: { en: 'Failed in every attempt', nl: 'Mislukt bij elke poging' },
};

/** What a skip code means to a reader; the code itself when it is new. */
export function describeSkip(code: string, language: ReportLanguage): string {
  return MEANINGS[code]?.[language] ?? code;
}
