import { createSampleNumbers, sampleBsn, sampleCard, sampleIban, sampleToken } from './sample-identifiers.ts';

/** One invented document. */
export interface SampleDocument {
  /** Relative path. */
  readonly path: string;
  readonly text: string;
}

interface Person {
  readonly first: string;
  readonly last: string;
  readonly email: string;
  readonly phone: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly birth: string;
  readonly bsn: string;
  readonly iban: string;
}

const FIRST = [
  'Sanne',
  'Daan',
  'Fatima',
  'Bram',
  'Lotte',
  'Youssef',
  'Emma',
  'Thijs',
  'Noor',
  'Ruben',
  'Eva',
  'Mehmet',
];
const LAST = [
  'de Vries',
  'Jansen',
  'van den Berg',
  'Bakker',
  'El Amrani',
  'Visser',
  'Smit',
  'Meijer',
  'de Boer',
  'Mulder',
];
const STREETS = ['Dorpsstraat', 'Kerkstraat', 'Wilhelminalaan', 'Stationsweg', 'Molenweg', 'Prinsengracht'];
const CITIES = ['Utrecht', 'Haarlem', 'Zwolle', 'Breda', 'Groningen', 'Amersfoort'];
const SEED = 20_261_123;

function makePerson(numbers: (below: number) => number): Person {
  const pick = (list: readonly string[]): string => list[numbers(list.length)] ?? '';
  const two = (value: number): string => String(value).padStart(2, '0');
  const first = pick(FIRST);
  const last = pick(LAST);
  return {
    first,
    last,
    email: `${first}.${last}`.toLowerCase().replaceAll(' ', '') + '@voorbeeld-zorg.nl',
    phone: `06-${String(10_000_000 + numbers(89_999_999))}`,
    street: `${pick(STREETS)} ${1 + numbers(220)}`,
    postcode: `${1000 + numbers(8999)} ${pick(['AB', 'BX', 'CD', 'HL', 'KP', 'RT', 'ZN'])}`,
    city: pick(CITIES),
    birth: `${two(1 + numbers(28))}-${two(1 + numbers(12))}-${1945 + numbers(60)}`,
    bsn: sampleBsn(numbers),
    iban: sampleIban(numbers),
  };
}

const groupsOfFour = (text: string): string => text.replaceAll(/(.{4})(?=.)/g, '$1 ');

/** The documents: personnel, care, finance, web shop, a mail, a log, settings with secrets, and clean ones beside them. */
export function sampleDocuments(): SampleDocument[] {
  const numbers = createSampleNumbers(SEED);
  const people = Array.from({ length: 40 }, () => makePerson(numbers));
  const [a, b, c, d, e] = people;
  if (!a || !b || !c || !d || !e) return [];
  const name = ({ first, last }: Person): string => `${first} ${last}`;
  return [
    {
      path: 'README.txt',
      text: 'This is invented data. Nobody in it exists; numbers have right check digits and belong to no one.\nAlle gegevens zijn verzonnen.\n',
    },
    {
      path: 'personeel/medewerkers.csv',
      text: [
        'personeelsnummer;naam;geboortedatum;bsn;iban;email;telefoon;adres;postcode;woonplaats',
        ...people.map((p, index) =>
          [10_001 + index, name(p), p.birth, p.bsn, p.iban, p.email, p.phone, p.street, p.postcode, p.city].join(';'),
        ),
        '',
      ].join('\n'),
    },
    {
      path: 'personeel/verzuim/gesprek-week-41.txt',
      text: `Verslag verzuimgesprek

Medewerker: ${name(a)}
Geboren: ${a.birth}
BSN: ${a.bsn}

${a.first} is sinds drie weken ziek gemeld met een burn-out en is onder behandeling bij een psycholoog.
De bedrijfsarts adviseert opbouw vanaf 12 uur per week. Medicatie: sertraline.
Volgend gesprek telefonisch op ${a.phone}.
`,
    },
    {
      path: 'zorg/intake-formulier.html',
      text: `<!doctype html><html lang="nl"><title>Intake</title><body>
<h1>Intakeformulier</h1>
<dl><dt>Naam</dt><dd>${name(b)}</dd><dt>Burgerservicenummer</dt><dd>${b.bsn}</dd>
<dt>Adres</dt><dd>${b.street}, ${b.postcode} ${b.city}</dd><dt>E-mail</dt><dd>${b.email}</dd></dl>
<p>Patiënt ${name(b)} heeft diabetes type 2 en een allergie voor penicilline.</p>
</body></html>
`,
    },
    {
      path: 'financien/betalingen-2026.json',
      text: `${JSON.stringify(
        people.slice(5, 20).map((p, index) => ({
          factuur: `2026-${String(index + 1).padStart(4, '0')}`,
          klant: name(p),
          iban: groupsOfFour(p.iban),
          bedrag: `${25 + numbers(900)},${String(numbers(100)).padStart(2, '0')}`,
        })),
        undefined,
        2,
      )}\n`,
    },
    {
      path: 'webwinkel/bestellingen.ndjson',
      text: people
        .slice(20, 32)
        .map((p, index) =>
          JSON.stringify({
            order: 70_000 + index,
            name: name(p),
            email: p.email,
            ship_to: `${p.street}, ${p.postcode} ${p.city}`,
            ...(index % 3 === 0 ? { card_number: groupsOfFour(sampleCard(numbers)) } : {}),
            ip: `203.0.113.${10 + index}`,
          }),
        )
        .join('\n')
        .concat('\n'),
    },
    {
      path: 'post/klacht.eml',
      text: `From: ${name(c)} <${c.email}>
To: klachten@voorbeeld-zorg.nl
Subject: Klacht over inzage in mijn dossier
Date: Mon, 12 Oct 2026 09:14:00 +0200
Content-Type: text/plain; charset=utf-8

Geachte heer, mevrouw,

Mijn dossier (BSN ${c.bsn}) is naar een verkeerd adres gestuurd. Ik woon op ${c.street}, ${c.postcode} ${c.city}.
U kunt mij bellen op ${c.phone}.

Met vriendelijke groet,
${name(c)}
`,
    },
    {
      path: 'beheer/deploy/.env',
      text: `# invented settings
DATABASE_URL=postgres://zorg:${sampleToken(numbers, [], 18)}@db.intern.voorbeeld:5432/zorg
GITHUB_TOKEN=${sampleToken(numbers, ['gh', 'p_'], 36)}
SMTP_PASSWORD=${sampleToken(numbers, [], 16)}
FEATURE_NEW_INTAKE=true
`,
    },
    {
      path: 'beheer/logs/toegang.log',
      text: people
        .slice(8, 28)
        .map(
          (p, index) =>
            `2026-10-${String(1 + index).padStart(2, '0')}T08:${String(10 + index)}:00Z INFO login user=${p.email} ip=198.51.100.${20 + index} result=ok`,
        )
        .join('\n')
        .concat('\n'),
    },
    {
      path: 'beleid/privacybeleid.md',
      text: `# Privacybeleid

Wij verwerken persoonsgegevens alleen met een grondslag (artikel 6 AVG). Het burgerservicenummer gebruiken wij
uitsluitend waar de wet dat voorschrijft. Bewaartermijnen staan in het register van verwerkingen.

Vragen? Neem contact op met de functionaris voor gegevensbescherming.
`,
    },
    {
      path: 'code/bestelnummers.ts',
      text: `/** Order numbers look like identity numbers and are none. */
export const orderNumbers = [482910374, 593820147, 610293847, 728394051];
export const buildVersion = '10.24.3.1';
`,
    },
    {
      path: 'personeel/vakbond.txt',
      text: `Contributie via salaris: ${name(d)} (personeelsnummer 10004) is lid van de vakbond FNV.\n${name(e)} is geen lid.\n`,
    },
  ];
}
