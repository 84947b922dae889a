import { type InventedValues, createInventedValues } from './invented-values.ts';

const seed = 20_261_123;
const customerCount = 120;
const visitCount = 150;
const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const mixedSigns = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

const firstNames = ['Anna', 'Bram', 'Carla', 'Daan', 'Emma', 'Fatima', 'Gijs', 'Hanna', 'Ilse', 'Jan'] as const;
const lastNames = ['de Vries', 'Jansen', 'van den Berg', 'Bakker', 'Visser', 'Smit', 'Meijer', 'Yilmaz'] as const;
const streets = ['Dorpsstraat', 'Kerkweg', 'Molenlaan', 'Stationsplein', 'Lindenhof'] as const;
const cities = ['Utrecht', 'Zwolle', 'Breda', 'Leiden', 'Assen'] as const;
const complaints = ['diabetes', 'depressie', 'hartfalen', 'astma', 'een burn-out'] as const;

interface Person {
  readonly name: string;
  readonly email: string;
  readonly bsn: string;
  readonly iban: string;
  readonly phone: string;
  readonly born: string;
  readonly address: string;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

function inventPerson(values: InventedValues): Person {
  const first = values.pick(firstNames);
  const last = values.pick(lastNames);
  return {
    name: `${first} ${last}`,
    email: `${first}.${last.replace(/\s/g, '')}${values.below(90)}@example.nl`.toLowerCase(),
    bsn: values.bsn(),
    iban: values.iban(),
    phone: `06-${10_000_000 + values.below(89_999_999)}`,
    born: `${twoDigits(1 + values.below(28))}-${twoDigits(1 + values.below(12))}-${1950 + values.below(50)}`,
    address: `${values.pick(streets)} ${1 + values.below(120)}, ${1011 + values.below(8000)} ${values.token(2, 'ABCDEGHJKLNPRTVWXZ')} ${values.pick(cities)}`,
  };
}

function toCustomerTable(people: readonly Person[]): string {
  const lines = people.map(({ name, email, bsn, iban, phone, born, address }) =>
    [name, born, bsn, iban, email, phone, `"${address}"`].join(','),
  );
  return ['naam,geboortedatum,bsn,iban,email,telefoon,adres', ...lines, ''].join('\n');
}

function toSickLeaveNotes(people: readonly Person[], values: InventedValues): string {
  return people
    .map(
      ({ name, bsn, born }) =>
        `Medewerker: ${name}\nBSN: ${bsn}\nGeboren: ${born}\nDiagnose: ${values.pick(complaints)}. Behandeling loopt; volgende afspraak met de bedrijfsarts over twee weken.\n`,
    )
    .join('\n');
}

function toSettings(values: InventedValues): string {
  return [
    '# Settings of an invented web shop',
    `DATABASE_URL=postgres://shop:${values.token(14, mixedSigns)}@db.example.nl:5432/shop`,
    `AWS_ACCESS_KEY_ID=AKIA${values.token(16, lettersAndDigits)}`,
    `AWS_SECRET_ACCESS_KEY=${values.token(40, mixedSigns)}`,
    `SMTP_PASSWORD=${values.token(16, mixedSigns)}`,
    'LOG_LEVEL=info',
    '',
  ].join('\n');
}

function toAccessLog(people: readonly Person[], values: InventedValues): string {
  return Array.from({ length: visitCount }, (_, index) => {
    const { email } = people[index % people.length] ?? { email: '-' };
    const address = `${80 + values.below(100)}.${values.below(255)}.${values.below(255)}.${1 + values.below(250)}`;
    return `${address} - - [23/Nov/2026:10:${twoDigits(values.below(60))}:${twoDigits(values.below(60))} +0100] "GET /account?user=${email} HTTP/1.1" 200 ${values.below(9000)}`;
  }).join('\n');
}

function toMail({ name, email, iban, phone, address }: Person): string {
  return [
    `From: ${name} <${email}>`,
    'To: klantenservice@example.nl',
    'Subject: Terugbetaling',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Beste mensen,',
    '',
    `Graag het bedrag terug op ${iban}. U bereikt mij op ${phone}.`,
    `Mijn adres is gewijzigd: ${address}.`,
    '',
    `Met vriendelijke groet, ${name}`,
    '',
  ].join('\n');
}

/**
 * The sample data: a small organisation's folder with a customer table, sick-leave notes, settings with secrets, a
 * log, a mail and a clean file. People, numbers and keys are invented; only their check digits are real.
 */
export function createSampleFiles(): readonly { readonly path: string; readonly file: File }[] {
  const values = createInventedValues(seed);
  const people = Array.from({ length: customerCount }, () => inventPerson(values));
  const contents: readonly (readonly [path: string, text: string])[] = [
    ['sample/customers/customers-2026.csv', toCustomerTable(people)],
    ['sample/hr/sick-leave-notes.txt', toSickLeaveNotes(people.slice(0, 12), values)],
    ['sample/shop/.env', toSettings(values)],
    ['sample/shop/access.log', toAccessLog(people, values)],
    ...people.slice(20, 24).map((person, index) => [`sample/mail/refund-${index + 1}.eml`, toMail(person)] as const),
    ['sample/README.md', '# Sample data\n\nInvented, to try a scan at once. This file holds nothing personal.\n'],
  ];
  return contents.map(([path, text]) => ({ path, file: new File([text], path.split('/').pop() ?? path) }));
}
