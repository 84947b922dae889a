/** A text, and what must be found in it: type and value, or nothing. */
export interface Vector {
  readonly text: string;
  readonly finds: readonly (readonly [type: string, value: string])[];
}

const finds = (text: string, ...expected: readonly (readonly [string, string])[]): Vector => ({
  text,
  finds: expected,
});
const nothing = (text: string): Vector => ({ text, finds: [] });

/** Vectors by subject: valid values with their labels, wrong check digits, and what only looks like them. */
export const VECTORS: Readonly<Record<string, readonly Vector[]>> = {
  'citizen service number': [
    finds('BSN: 111222333', ['BSN', '111222333']),
    finds('burgerservicenummer 1112.22.333', ['BSN', '1112.22.333']),
    finds('<bsn>111222333</bsn>', ['BSN', '111222333']),
    finds('{"bsn":"111222333","order_id":"111222333"}', ['BSN', '111222333']),
    nothing('BSN: 111222334'),
    nothing('Ordernummer 111222333 is verzonden'),
    nothing('const size = 111222333;'),
  ],
  'bank account': [
    finds('IBAN NL91 ABNA 0417 1643 00.', ['IBAN', 'NL91 ABNA 0417 1643 00']),
    finds('iban=DE89370400440532013000&x', ['IBAN', 'DE89370400440532013000']),
    finds('BE68-5390-0754-7034', ['IBAN', 'BE68-5390-0754-7034']),
    nothing('IBAN NL91 ABNA 0417 1643 01'),
    nothing('NL91ABNA04171643001'),
  ],
  'payment card': [
    finds('Visa 4111 1111 1111 1111 exp 12/29', ['CARD', '4111 1111 1111 1111']),
    finds('creditcard: 5555555555554444', ['CARD', '5555555555554444']),
    nothing('Visa 4111 1111 1111 1112'),
    nothing('invoice 4111111111111111'),
    nothing('0.4111111111111111'),
  ],
  'e-mail': [
    finds('mail jan.de.vries@ziggo.nl.', ['EMAIL', 'jan.de.vries@ziggo.nl']),
    finds('<a.b+c@post.example.co.uk>', ['EMAIL', 'a.b+c@post.example.co.uk']),
    nothing('lodash@4.17.21 and logo@2x.png'),
    nothing('git clone git@github.com:org/repo.git'),
    nothing('@angular/core@latest'),
  ],
  phone: [
    finds('bel 06-12345678', ['PHONE', '06-12345678']),
    finds('Tel. (020) 624 11 11', ['PHONE', '(020) 624 11 11']),
    finds('+31 6 12345678', ['PHONE', '+31 6 12345678']),
    finds('T +49 30 23125456', ['PHONE', '+49 30 23125456']),
    nothing('onderdeel 06-12345678-9'),
    nothing('serienummer 0612345678'),
  ],
  'address on the net': [
    finds('from 84.241.12.77 port 22', ['IP', '84.241.12.77']),
    finds('peer 2001:db8:85a3::8a2e:370:7334', ['IP', '2001:db8:85a3::8a2e:370:7334']),
    finds('hw 3c:22:fb:9a:01:ee', ['MAC', '3c:22:fb:9a:01:ee']),
    nothing('Chrome/91.0.4472.124'),
    nothing('version 1.2.3.4'),
    nothing('12:30:45 and a::before and std::vector'),
  ],
  dates: [
    finds('geboren op 12 maart 1985', ['DOB', '12 maart 1985']),
    finds('Geb. datum: 01-02-1990', ['DOB', '01-02-1990']),
    finds('née le 14 février 1986', ['DOB', '14 février 1986']),
    nothing('2024-03-01T10:22:33Z started'),
    nothing('Factuurdatum: 01-02-2024'),
  ],
  names: [
    finds('Dhr. A.B. van der Meer belt', ['PERSON', 'A.B. van der Meer']),
    finds('Naam: Wietske Zzylstra', ['PERSON', 'Wietske Zzylstra']),
    finds('met vriendelijke groet,\nTjalling Qvist', ['PERSON', 'Tjalling Qvist']),
    finds('Frau Schneider wohnt hier', ['PERSON', 'Schneider']),
    nothing('Van Gogh Museum'),
    nothing('Mark Down the Grant Type'),
    nothing('naam: string'),
  ],
  addresses: [
    finds(
      'Kerkstraat 12-B, 3511 AB Utrecht',
      ['ADDRESS', 'Kerkstraat 12-B'],
      ['POSTCODE', '3511 AB'],
      ['LOCATION', 'Utrecht'],
    ),
    finds('Hauptstraße 5, 10115 Berlin', ['ADDRESS', 'Hauptstraße 5'], ['POSTCODE', '10115'], ['LOCATION', 'Berlin']),
    finds(
      '12 rue de la Paix, 75002 Paris',
      ['ADDRESS', '12 rue de la Paix'],
      ['POSTCODE', '75002'],
      ['LOCATION', 'Paris'],
    ),
    nothing('zaal 12 en pagina 33'),
    nothing('1080 HD en 1024 MB'),
  ],
  'national numbers': [
    finds('Rijksregisternummer 85.07.30-033.28', ['BE_RRN', '85.07.30-033.28']),
    finds('Steuer-ID: 86 095 742 719', ['DE_STEUERID', '86 095 742 719']),
    finds('NIR 1 85 05 78 006 084 91', ['FR_NIR', '1 85 05 78 006 084 91']),
    finds('NHS number 943 476 5919', ['UK_NHS', '943 476 5919']),
    finds('NI number AB 12 34 56 C', ['UK_NINO', 'AB 12 34 56 C']),
    finds('SSN 489-36-8350', ['US_SSN', '489-36-8350']),
    finds('DNI 12345678Z', ['ES_DNI', '12345678Z']),
    finds('NIE X1234567L', ['ES_NIE', 'X1234567L']),
    finds('codice fiscale RSSMRA85T10A562S', ['IT_CF', 'RSSMRA85T10A562S']),
    finds('PESEL 44051401359', ['PL_PESEL', '44051401359']),
    finds('hetu 131052-308T', ['FI_HETU', '131052-308T']),
    finds('PPS 1234567FA', ['IE_PPSN', '1234567FA']),
    finds('AHV 756.9217.0769.85', ['CH_AHV', '756.9217.0769.85']),
    nothing('Rijksregisternummer 85.07.30-033.29'),
    nothing('DNI 12345678A'),
    nothing('hetu 131052-308U'),
    nothing('batch 86095742719'),
  ],
  'Dutch numbers': [
    finds('KvK-nummer: 24123456', ['KVK', '24123456']),
    finds('kenteken GB-001-B', ['PLATE_NL', 'GB-001-B']),
    finds('rijbewijsnummer 5012345678', ['DRIVING_LICENCE_NL', '5012345678']),
    finds('paspoort NX1234567', ['PASSPORT_NL', 'NX1234567']),
    finds('AGB-code 01054321', ['AGB', '01054321']),
    nothing('24123456 stuks'),
  ],
  places: [
    finds('GPS: 52.370216, 4.895168', ['GEO', '52.370216, 4.895168']),
    nothing('M52.370216,4.895168 L12.11111,3.22222'),
  ],
  wallets: [
    finds('pay 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', ['WALLET_BTC', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2']),
    nothing('pay 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3'),
  ],
  'special categories': [
    finds('Patiënt: Jan de Vries\nDiagnose: epilepsie', ['PERSON', 'Jan de Vries'], ['HEALTH', 'epilepsie']),
    nothing('Epilepsie is een aandoening van de hersenen.'),
  ],
};
