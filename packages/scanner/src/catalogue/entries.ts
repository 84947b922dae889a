import { ARTICLES } from './articles.ts';
import { REMEDIES } from './remedies.ts';
import type { FindingCategory, Severity, TypeDescription } from './type-description.ts';

/** A group of types that share all but their name. */
interface Group {
  readonly category: FindingCategory;
  readonly severity: Severity;
  readonly articles: readonly string[];
  readonly remedy: keyof typeof REMEDIES;
  /** Type to its English and Dutch name. */
  readonly names: Readonly<Record<string, readonly [string, string]>>;
}

const {
  principles,
  security,
  special,
  criminal,
  nationalNumber,
  bsn,
  dutchSpecial,
  dutchHealth,
  dutchCriminal,
  dutchBiometric,
  lawful,
  breach,
  cookies,
} = ARTICLES;

const GROUPS: readonly Group[] = [
  {
    category: 'identifier',
    severity: 'critical',
    articles: [nationalNumber, bsn, security],
    remedy: 'bsn',
    names: {
      BSN: ['Citizen service number (BSN)', 'Burgerservicenummer (BSN)'],
      NL_ONDERWIJSNUMMER: ['Dutch education number', 'Onderwijsnummer'],
    },
  },
  {
    category: 'identifier',
    severity: 'critical',
    articles: [nationalNumber, security],
    remedy: 'nationalNumber',
    names: {
      BE_RRN: ['Belgian national register number', 'Belgisch rijksregisternummer'],
      DE_STEUERID: ['German tax identification number', 'Duits fiscaal identificatienummer'],
      DE_RVNR: ['German pension insurance number', 'Duits pensioenverzekeringsnummer'],
      DE_KVNR: ['German health insurance number', 'Duits zorgverzekeringsnummer'],
      FR_NIR: ['French social security number', 'Frans socialezekerheidsnummer'],
      UK_NHS: ['British NHS number', 'Brits NHS-nummer'],
      UK_NINO: ['British National Insurance number', 'Brits National Insurance-nummer'],
      UK_UTR: ['British taxpayer reference', 'Brits belastingnummer'],
      US_SSN: ['US Social Security number', 'Amerikaans socialezekerheidsnummer'],
      US_ITIN: ['US individual taxpayer number', 'Amerikaans persoonlijk belastingnummer'],
      ES_DNI: ['Spanish identity number (DNI)', 'Spaans identiteitsnummer (DNI)'],
      ES_NIE: ['Spanish foreigner number (NIE)', 'Spaans vreemdelingennummer (NIE)'],
      IT_CF: ['Italian fiscal code', 'Italiaanse fiscale code'],
      PL_PESEL: ['Polish PESEL number', 'Pools PESEL-nummer'],
      SE_PNR: ['Swedish personal identity number', 'Zweeds persoonsnummer'],
      DK_CPR: ['Danish CPR number', 'Deens CPR-nummer'],
      FI_HETU: ['Finnish personal identity code', 'Finse persoonscode'],
      NO_FNR: ['Norwegian birth number', 'Noors geboortenummer'],
      IS_KT: ['Icelandic kennitala', 'IJslandse kennitala'],
      PT_NIF: ['Portuguese tax number', 'Portugees belastingnummer'],
      AT_SVNR: ['Austrian social insurance number', 'Oostenrijks socialeverzekeringsnummer'],
      IE_PPSN: ['Irish PPS number', 'Iers PPS-nummer'],
      CH_AHV: ['Swiss social insurance number', 'Zwitsers socialeverzekeringsnummer'],
      CZ_RC: ['Czech or Slovak birth number', 'Tsjechisch of Slowaaks geboortenummer'],
      HU_TAJ: ['Hungarian health insurance number', 'Hongaars zorgverzekeringsnummer'],
      HR_OIB: ['Croatian personal number', 'Kroatisch persoonsnummer'],
      SI_EMSO: ['Slovenian personal number', 'Sloveens persoonsnummer'],
      RO_CNP: ['Romanian personal number', 'Roemeens persoonsnummer'],
      BG_EGN: ['Bulgarian civil number', 'Bulgaars burgernummer'],
      EE_IK: ['Estonian personal code', 'Estse persoonscode'],
      LT_AK: ['Lithuanian personal code', 'Litouwse persoonscode'],
      LV_PK: ['Latvian personal code', 'Letse persoonscode'],
      GR_AFM: ['Greek tax number', 'Grieks belastingnummer'],
      GR_AMKA: ['Greek social security number', 'Grieks socialezekerheidsnummer'],
      LU_NIN: ['Luxembourg national number', 'Luxemburgs nationaal nummer'],
      TR_TCKN: ['Turkish identity number', 'Turks identiteitsnummer'],
    },
  },
  {
    category: 'identifier',
    severity: 'high',
    articles: [principles, security],
    remedy: 'document',
    names: {
      PASSPORT_NL: ['Dutch passport number', 'Nederlands paspoortnummer'],
      ID_NL: ['Dutch identity card number', 'Nummer van een Nederlandse identiteitskaart'],
      DRIVING_LICENCE_NL: ['Dutch driving licence number', 'Nederlands rijbewijsnummer'],
      ID_DE: ['German identity document number', 'Nummer van een Duits identiteitsbewijs'],
      PASSPORT_UK: ['British passport number', 'Brits paspoortnummer'],
      PASSPORT_US: ['US passport number', 'Amerikaans paspoortnummer'],
      UK_DRIVING_LICENCE: ['British driving licence number', 'Brits rijbewijsnummer'],
      US_DRIVING_LICENCE: ['US driver license number', 'Amerikaans rijbewijsnummer'],
      BIG: ['Dutch BIG registration', 'BIG-registratienummer'],
      UZI: ['Dutch UZI pass number', 'UZI-pasnummer'],
    },
  },
  {
    category: 'identifier',
    severity: 'medium',
    articles: [lawful, principles],
    remedy: 'identity',
    names: {
      PERSON: ['Name of a person', 'Naam van een persoon'],
      DOB: ['Date of birth', 'Geboortedatum'],
      PLATE_NL: ['Dutch number plate', 'Nederlands kenteken'],
    },
  },
  {
    category: 'identifier',
    severity: 'low',
    articles: [principles],
    remedy: 'identity',
    names: {
      DATE: ['Date near a person', 'Datum bij een persoon'],
      AGE: ['Age of a person', 'Leeftijd van een persoon'],
    },
  },
  {
    category: 'identifier',
    severity: 'low',
    articles: [principles],
    remedy: 'business',
    names: {
      ORG: ['Organisation', 'Organisatie'],
      KVK: ['Chamber of Commerce number', 'KvK-nummer'],
      KVK_VESTIGING: ['Dutch branch number', 'Vestigingsnummer'],
      BTW_NL: ['Dutch VAT number', 'Btw-nummer'],
      AGB: ['Dutch AGB code', 'AGB-code'],
      FR_SIREN: ['French company number', 'Frans bedrijfsnummer'],
      FR_SIRET: ['French establishment number', 'Frans vestigingsnummer'],
      ES_CIF: ['Spanish company number', 'Spaans bedrijfsnummer'],
      PL_NIP: ['Polish tax number', 'Pools belastingnummer'],
      PL_REGON: ['Polish business number', 'Pools bedrijfsnummer'],
    },
  },
  {
    category: 'financial',
    severity: 'high',
    articles: [principles, security],
    remedy: 'financial',
    names: {
      IBAN: ['Bank account number (IBAN)', 'Bankrekeningnummer (IBAN)'],
      BANK_NL: ['Dutch account number of before IBAN', 'Nederlands rekeningnummer van vóór IBAN'],
    },
  },
  {
    category: 'financial',
    severity: 'medium',
    articles: [principles, security],
    remedy: 'financial',
    names: { WALLET_BTC: ['Bitcoin address', 'Bitcoin-adres'], WALLET_ETH: ['Ethereum address', 'Ethereum-adres'] },
  },
  {
    category: 'financial',
    severity: 'critical',
    articles: [security, breach],
    remedy: 'card',
    names: { CARD: ['Payment card number', 'Betaalkaartnummer'] },
  },
  {
    category: 'contact',
    severity: 'medium',
    articles: [lawful, principles],
    remedy: 'contact',
    names: {
      EMAIL: ['E-mail address', 'E-mailadres'],
      PHONE: ['Telephone number', 'Telefoonnummer'],
      ADDRESS: ['Street address', 'Adres'],
    },
  },
  {
    category: 'contact',
    severity: 'low',
    articles: [principles],
    remedy: 'contact',
    names: { POSTCODE: ['Postcode', 'Postcode'] },
  },
  {
    category: 'location',
    severity: 'low',
    articles: [principles],
    remedy: 'location',
    names: { LOCATION: ['Place near a person', 'Plaats bij een persoon'] },
  },
  {
    category: 'location',
    severity: 'medium',
    articles: [principles, security],
    remedy: 'location',
    names: { GEO: ['Geographic coordinates', 'Geografische coördinaten'] },
  },
  {
    category: 'online',
    severity: 'low',
    articles: [principles, cookies],
    remedy: 'online',
    names: {
      IP: ['IP address', 'IP-adres'],
      MAC: ['MAC address', 'MAC-adres'],
      IMEI: ['IMEI of a phone', 'IMEI van een telefoon'],
      URL: ['Web address near a person', 'Webadres bij een persoon'],
      USERNAME: ['User name', 'Gebruikersnaam'],
    },
  },
  {
    category: 'special',
    severity: 'critical',
    articles: [special, dutchHealth],
    remedy: 'special',
    names: { HEALTH: ['Health of a person', 'Gezondheid van een persoon'] },
  },
  {
    category: 'special',
    severity: 'critical',
    articles: [special, dutchBiometric],
    remedy: 'special',
    names: { BIOMETRIC: ['Biometric data', 'Biometrische gegevens'], GENETIC: ['Genetic data', 'Genetische gegevens'] },
  },
  {
    category: 'special',
    severity: 'critical',
    articles: [special, dutchSpecial],
    remedy: 'special',
    names: {
      RELIGION: ['Religion or belief', 'Godsdienst of levensovertuiging'],
      POLITICS: ['Political opinion', 'Politieke opvatting'],
      ETHNICITY: ['Racial or ethnic origin', 'Ras of etnische afkomst'],
      UNION: ['Trade union membership', 'Lidmaatschap van een vakbond'],
      ORIENTATION: ['Sex life or sexual orientation', 'Seksueel gedrag of seksuele gerichtheid'],
    },
  },
  {
    category: 'special',
    severity: 'critical',
    articles: [criminal, dutchCriminal],
    remedy: 'criminal',
    names: { CRIMINAL: ['Criminal conviction or suspicion', 'Strafrechtelijk gegeven'] },
  },
  {
    category: 'credential',
    severity: 'critical',
    articles: [security, breach],
    remedy: 'password',
    names: {
      SECRET_PASSWORD: ['Password', 'Wachtwoord'],
      SECRET_URL_PASSWORD: ['Password in an address', 'Wachtwoord in een adres'],
      SECRET_HTTP_AUTH: ['Credentials in an HTTP header', 'Inloggegevens in een HTTP-header'],
    },
  },
  {
    category: 'credential',
    severity: 'critical',
    articles: [security, breach],
    remedy: 'key',
    names: {
      SECRET_PRIVATE_KEY: ['Private key', 'Privésleutel'],
      SECRET_AGE: ['Private age key', 'Privésleutel van age'],
    },
  },
  {
    category: 'credential',
    severity: 'high',
    articles: [security],
    remedy: 'secret',
    names: {
      SECRET_GENERIC: ['Secret or API key', 'Geheim of API-sleutel'],
      SECRET_JWT: ['JSON web token', 'JSON-webtoken'],
      SECRET_GCP: ['Google API key', 'Google API-sleutel'],
    },
  },
];

/** Every type that has a description of its own. */
export const ENTRIES: ReadonlyMap<string, TypeDescription> = new Map(
  GROUPS.flatMap(({ names, remedy, ...shared }) =>
    Object.entries(names).map(([type, [en, nl]]): [string, TypeDescription] => [
      type,
      { type, ...shared, name: { en, nl }, remedy: REMEDIES[remedy] },
    ]),
  ),
);
