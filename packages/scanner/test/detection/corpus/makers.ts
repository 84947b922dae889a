import { createSeededRandom, type SeededRandom } from '@dataguardian/testing';
import type { Makers } from './document.ts';
import { birthDate, drawUntil, fromPattern, ibanOf, inFours, luhnDigit, ORACLES, randomDigits } from './identifiers.ts';
import { CITIES, COMPANIES, FIRST, GERMAN_STREETS, FRENCH_STREETS, LAST, STREETS } from './word-lists.ts';
import { secretMakers } from './secrets.ts';

const MONTHS_NL = 'januari februari maart april mei juni juli augustus september oktober november december'.split(' ');

/** Makers of every value, look-alike and filler the templates use; equal for equal seeds. */
export function createMakers(seed: number): Makers {
  const random = createSeededRandom(seed);
  return { ...valueMakers(random), ...lookAlikeMakers(random), ...fillerMakers(random), ...secretMakers(random) };
}

function valueMakers(random: SeededRandom): Makers {
  const pick = <Item>(...items: readonly Item[]): Item => random.pick(items);
  const bsn = (): string =>
    drawUntil(() => String(random.integer(10_000_000, 999_999_999)).padStart(9, '0'), ORACLES.bsn);
  const short = (): { day: string; month: string; year: string } => birthDate(random);
  const card = (): string => {
    const body = pick('4', '51', '55', '2221', '4') + randomDigits(random, 15);
    return body.slice(0, 15) + luhnDigit(body.slice(0, 15));
  };
  const account = (country: string): string =>
    ({
      NL: pick('ABNA', 'INGB', 'RABO', 'TRIO', 'KNAB') + randomDigits(random, 10),
      DE: randomDigits(random, 18),
      BE: randomDigits(random, 12),
      FR: randomDigits(random, 23),
      GB: `NWBK${randomDigits(random, 14)}`,
    })[country] ?? randomDigits(random, 12);
  const iban = (): string => {
    const country = pick('NL', 'NL', 'NL', 'DE', 'BE', 'FR', 'GB');
    return ibanOf(country, account(country));
  };
  const surname = (): string => random.pick(LAST);
  const first = (): string => random.pick(FIRST);
  const initials = (): string =>
    Array.from({ length: random.integer(1, 3) }, () => `${fromPattern(random, 'A')}.`).join('');
  const person = (): string =>
    pick(
      `${first()} ${surname()}`,
      `${first()} ${surname()}`,
      `${initials()} ${surname()}`,
      `${first()} ${initials().slice(0, 2)} ${surname()}`,
    );
  const ascii = (text: string): string =>
    text
      .normalize('NFD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase();
  const host = (): string =>
    pick(
      'ziggo.nl',
      'kpnmail.nl',
      'gmail.com',
      'outlook.com',
      'hotmail.nl',
      'web.de',
      'orange.fr',
      'zorggroep-linde.nl',
      'bedrijf.eu',
      'telenet.be',
    );
  return {
    BSN: () =>
      pick(
        bsn(),
        bsn(),
        bsn().replace(/(\d{4})(\d{2})(\d{3})/, '$1.$2.$3'),
        bsn().replace(/(\d{3})(\d{3})(\d{3})/, '$1 $2 $3'),
      ),
    'BSN.plain': bsn,
    IBAN: () => pick(iban(), inFours(iban())),
    'IBAN.plain': iban,
    CARD: () => pick(card(), inFours(card()), inFours(card()).replaceAll(' ', '-')),
    EMAIL: () =>
      pick(
        `${ascii(first())}.${ascii(surname())}@${host()}`,
        `${ascii(surname())}${random.integer(1, 99)}@${host()}`,
        `${ascii(first())}_${ascii(surname())}@${host()}`,
      ),
    PHONE: () =>
      pick(
        `06-${fromPattern(random, '2')}${randomDigits(random, 7)}`,
        `06 ${fromPattern(random, '4')}${randomDigits(random, 1)} ${randomDigits(random, 2)} ${randomDigits(random, 2)} ${randomDigits(random, 2)}`,
        `+31 6 ${randomDigits(random, 1).replace(/[0679]/, '2')}${randomDigits(random, 7)}`,
        `020-${random.integer(2, 7)}${randomDigits(random, 6)}`,
        `0031 20 ${random.integer(2, 7)}${randomDigits(random, 6)}`,
        `+49 30 ${random.integer(2, 8)}${randomDigits(random, 7)}`,
        `+33 6 ${random.integer(10, 89)} ${random.integer(10, 99)} ${random.integer(10, 99)} ${random.integer(10, 99)}`,
        `+32 47${random.integer(0, 9)} ${random.integer(10, 99)} ${random.integer(10, 99)} ${random.integer(10, 99)}`,
        `+44 20 7${randomDigits(random, 3)} ${randomDigits(random, 4)}`,
      ),
    IP: () =>
      pick(
        `${random.integer(128, 200)}.${random.integer(20, 255)}.${random.integer(0, 255)}.${random.integer(1, 254)}`,
        `192.168.${random.integer(20, 255)}.${random.integer(21, 254)}`,
        `2001:db8:${random.integer(100, 9999)}::${random.integer(100, 999)}`,
      ),
    MAC: () =>
      Array.from({ length: 6 }, (_, index) =>
        index === 0 ? '3c' : random.integer(0, 255).toString(16).padStart(2, '0'),
      ).join(pick(':', '-')),
    DOB: () => {
      const { day, month, year } = short();
      return pick(
        `${day}-${month}-${year}`,
        `${day}/${month}/${year}`,
        `${year}-${month}-${day}`,
        `${day}.${month}.${year}`,
        `${Number(day)} ${MONTHS_NL[Number(month) - 1] ?? ''} ${year}`,
      );
    },
    PERSON: person,
    'PERSON.plain': () => `${first()} ${surname().replace(/'/g, '')}`,
    'PERSON.last': surname,
    'PERSON.first': first,
    'PERSON.initials': () => `${initials()} ${surname()}`,
    'PERSON.reversed': () => `${surname().replace(/^(?:van|de|den|der|ter|'t)\b.*\s/, '')}, ${first()}`,
    ADDRESS: () => `${random.pick(STREETS)} ${random.integer(1, 280)}${pick('', '', '', 'A', '-2', ' bis', 'b')}`,
    'ADDRESS.de': () => `${random.pick(GERMAN_STREETS)} ${random.integer(1, 180)}${pick('', 'a')}`,
    'ADDRESS.fr': () => `${random.integer(1, 120)}${pick('', ' bis')} ${random.pick(FRENCH_STREETS)}`,
    'ADDRESS.en': () =>
      `${random.integer(1, 220)} ${pick('Baker', 'Church', 'Victoria', 'Mill', 'Station')} ${pick('Street', 'Road', 'Lane', 'Avenue')}`,
    POSTCODE: () =>
      `${random.integer(1000, 9999)}${pick(' ', ' ', '')}${drawUntil(
        () => fromPattern(random, 'AA'),
        (two) => !/^S[ADS]$|[FIOQUY]/.test(two),
      )}`,
    'POSTCODE.de': () => String(random.integer(10_115, 99_998)),
    'POSTCODE.fr': () => String(random.integer(1000, 95_999)).padStart(5, '0'),
    'POSTCODE.gb': () => pick('SW1A 2AA', 'M1 1AE', 'LS2 9JT', 'EH1 1YZ', 'CF10 3AT', 'B33 8TH'),
    LOCATION: () => random.pick(CITIES),
    'LOCATION.de': () => pick('Berlin', 'Hamburg', 'Köln', 'Leipzig', 'Bonn'),
    'LOCATION.fr': () => pick('Lyon', 'Lille', 'Nantes', 'Bordeaux', 'Toulouse'),
    'LOCATION.en': () => pick('London', 'Manchester', 'Leeds', 'Bristol'),
    ORG: () => random.pick(COMPANIES),
    KVK: () => String(random.integer(10_000_000, 89_999_999)),
    BTW_NL: () => `NL${bsn()}B0${random.integer(1, 9)}`,
    VAT_DE: () =>
      `DE${drawUntil(
        () => String(random.integer(100_000_000, 999_999_999)),
        (body) => mod1110(body),
      )}`,
    VAT_BE: () => {
      const body = `0${random.integer(4_000_000, 8_999_999)}`;
      return `BE${body}${String(97 - (Number(body) % 97)).padStart(2, '0')}`;
    },
    PASSPORT_NL: () =>
      `N${pick('X', 'P', 'W', 'R')}${fromPattern(random, pick('999999', 'A99A99', 'AA9999'))}${randomDigits(random, 1)}`.replace(
        /O/g,
        'K',
      ),
    ID_NL: () =>
      `I${pick('X', 'P', 'W', 'R')}${fromPattern(random, pick('999999', 'A99A99', 'AA9999'))}${randomDigits(random, 1)}`.replace(
        /O/g,
        'K',
      ),
    DRIVING_LICENCE_NL: () => String(random.integer(3_000_000_000, 5_999_999_999)),
    PLATE_NL: () =>
      fromPattern(random, pick('99-AAA-9', 'AA-999-A', '9-AAA-99', 'A-999-AA', '99-AA-AA'))
        .replace(/[AEIOUCQYM]/g, 'K')
        .replace(/S/g, 'T'),
    BE_RRN: () => {
      const raw = drawUntil(() => {
        const { day, month, year } = short();
        return `${year.slice(2)}${month}${day}${String(random.integer(1, 997)).padStart(3, '0')}${String(random.integer(1, 97)).padStart(2, '0')}`;
      }, ORACLES.rrn);
      return pick(raw, raw.replace(/(\d{2})(\d{2})(\d{2})(\d{3})(\d{2})/, '$1.$2.$3-$4.$5'));
    },
    DE_STEUERID: () => {
      const raw = drawUntil(() => steuerDraw(random), ORACLES.steuerId);
      return pick(raw, raw.replace(/(\d{2})(\d{3})(\d{3})(\d{3})/, '$1 $2 $3 $4'));
    },
    FR_NIR: () => {
      const body = `${pick('1', '2')}${random.integer(40, 99)}${String(random.integer(1, 12)).padStart(2, '0')}${random.integer(21, 89)}${randomDigits(random, 3).replace(/^000$/, '012')}${String(random.integer(1, 999)).padStart(3, '0')}`;
      const raw = body + String(97n - (BigInt(body) % 97n)).padStart(2, '0');
      return pick(raw, raw.replace(/(\d)(\d{2})(\d{2})(\d{2})(\d{3})(\d{3})(\d{2})/, '$1 $2 $3 $4 $5 $6 $7'));
    },
    UK_NHS: () => {
      const raw = drawUntil(() => randomDigits(random, 10), nhsOk);
      return pick(raw, raw.replace(/(\d{3})(\d{3})(\d{4})/, '$1 $2 $3'));
    },
    UK_NINO: () =>
      pick(
        `AB${randomDigits(random, 6)}C`,
        `JK ${randomDigits(random, 2)} ${randomDigits(random, 2)} ${randomDigits(random, 2)} A`,
      ),
    ES_DNI: () => drawUntil(() => randomDigits(random, 8) + fromPattern(random, 'A'), ORACLES.dni),
    ES_NIE: () => drawUntil(() => pick('X', 'Y') + randomDigits(random, 7) + fromPattern(random, 'A'), ORACLES.nie),
    IT_CF: () =>
      drawUntil(
        () =>
          fromPattern(random, 'AAAAAA') +
          randomDigits(random, 2) +
          pick('A', 'H', 'T') +
          String(random.integer(1, 28)).padStart(2, '0') +
          pick('H501', 'F205', 'L219') +
          fromPattern(random, 'A'),
        ORACLES.codiceFiscale,
      ),
    PL_PESEL: () =>
      drawUntil(() => {
        const { day, month, year } = short();
        return (
          year.slice(2) + (Number(year) >= 2000 ? String(Number(month) + 20) : month) + day + randomDigits(random, 5)
        );
      }, ORACLES.pesel),
    SE_PNR: () =>
      drawUntil(() => {
        const { day, month, year } = short();
        return `${year.slice(2)}${month}${day}-${randomDigits(random, 4)}`;
      }, ORACLES.personnummer),
    DK_CPR: () => {
      const { day, month, year } = short();
      return drawUntil(() => `${day}${month}${year.slice(2)}-${randomDigits(random, 4)}`, ORACLES.cpr);
    },
    FI_HETU: () =>
      drawUntil(() => {
        const { day, month, year } = short();
        return `${day}${month}${year.slice(2)}-${randomDigits(random, 3)}${pick(...'0123456789ABCDEFHJKLMNPRSTUVWXY'.split(''))}`;
      }, ORACLES.hetu),
    PT_NIF: () => drawUntil(() => pick('1', '2') + randomDigits(random, 8), ORACLES.nif),
    IE_PPSN: () =>
      drawUntil(() => `${randomDigits(random, 7)}${fromPattern(random, 'A')}${pick('A', 'B')}`, ORACLES.pps),
    US_SSN: () => `${random.integer(100, 665)}-${random.integer(10, 99)}-${random.integer(1000, 9999)}`,
    GEO: () => `${(50 + random.next() * 3).toFixed(5)}, ${(4 + random.next() * 3).toFixed(5)}`,
    BIG: () => `${pick('1', '4', '9')}9${randomDigits(random, 9)}`,
    AGB: () => `0${random.integer(1, 9)}${randomDigits(random, 6)}`,
    HEALTH: () =>
      pick(
        'diabetes mellitus type 2',
        'hypertensie',
        'COPD',
        'depressie',
        'astma',
        'borstkanker',
        'epilepsie',
        'burn-out',
      ),
    RELIGION: () => pick('rooms-katholiek', 'islamitisch', 'joods', 'hindoe'),
  };
}

function mod1110(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    let sum = (Number(digit) + product) % 10;
    if (sum === 0) sum = 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}

function steuerDraw(random: SeededRandom): string {
  const ten = random.shuffle('0123456789'.split(''));
  ten[random.integer(1, 9)] = ten[0] ?? '1';
  const [head = '', ...tail] = random.shuffle(ten);
  return (head === '0' ? '1' : head) + tail.join('') + randomDigits(random, 1);
}

function nhsOk(value: string): boolean {
  const sum = Array.from(value.slice(0, 9)).reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return check !== 10 && check === Number(value[9]);
}

function lookAlikeMakers(random: SeededRandom): Makers {
  const pick = <Item>(...items: readonly Item[]): Item => random.pick(items);
  const hex = (count: number): string =>
    Array.from({ length: count }, () => random.integer(0, 15).toString(16)).join('');
  return {
    // Nine digits that pass the eleven test, as order number.
    '!elevenproof': () => drawUntil(() => String(random.integer(100_000_000, 999_999_999)), ORACLES.bsn),
    '!badbsn': () => drawUntil(() => String(random.integer(100_000_000, 999_999_999)), ORACLES.bsn, false),
    '!luhn': () => {
      const body = randomDigits(random, 15).replace(/^./, String(random.integer(7, 9)));
      return body + luhnDigit(body);
    },
    '!cardluhn': () => {
      const body = `4${randomDigits(random, 14)}`;
      return body + luhnDigit(body);
    },
    '!badcard': () => {
      const body = `4${randomDigits(random, 14)}`;
      return inFours(body + String((Number(luhnDigit(body)) + random.integer(1, 9)) % 10));
    },
    '!badiban': () => {
      const good = ibanOf('NL', `INGB${randomDigits(random, 10)}`);
      const check = (Number(good.slice(2, 4)) + random.integer(1, 90)) % 97;
      return pick(inFours, String)(`NL${String(check).padStart(2, '0')}${good.slice(4)}`);
    },
    '!version': () =>
      `${random.integer(0, 12)}.${random.integer(0, 40)}.${random.integer(0, 20)}.${random.integer(0, 3000)}`,
    '!uuid': () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    '!sha': () => hex(40),
    '!timestamp': () =>
      pick(
        String(random.integer(1_500_000_000, 1_790_000_000)),
        String(random.integer(1_500_000_000, 1_790_000_000) * 1000 + random.integer(0, 999)),
      ),
    '!pkg': () =>
      pick(
        `lodash@${random.integer(1, 9)}.17.${random.integer(0, 30)}`,
        `react@18.${random.integer(0, 9)}.0`,
        'logo@2x.png',
        'banner@3x.jpg',
      ),
    '!part': () =>
      pick(
        `0${random.integer(1, 9)}-${randomDigits(random, 4)}-${randomDigits(random, 2)}`,
        `PN ${randomDigits(random, 3)}-${randomDigits(random, 4)}`,
        `AX-${randomDigits(random, 8)}`,
      ),
    '!order': () =>
      pick(
        randomDigits(random, 8).replace(/^0/, '1'),
        randomDigits(random, 10).replace(/^0/, '2'),
        randomDigits(random, 12).replace(/^0/, '3'),
      ),
    '!title': () =>
      pick(
        'Algemene Voorwaarden',
        'Privacy Officer',
        'Klant Contact Centrum',
        'Project Alpha',
        'Zomer Actie',
        'Raad van Bestuur',
        'Human Resources',
        'Eerste Kamer',
        'Nieuwe Maan',
        'Kwaliteit en Veiligheid',
      ),
    '!placeholder': () =>
      pick('changeme', '<your-password>', '${DB_PASSWORD}', 'xxxxxxxx', 'example', 'your_api_key_here'),
    '!room': () => pick('zaal 12', 'kamer 204', 'pagina 33', 'artikel 7', 'hoofdstuk 4', 'bijlage 2'),
    '!money': () => `€ ${random.integer(10, 9999)},${random.integer(10, 99)}`,
    '!time': () =>
      `${random.integer(2020, 2026)}-0${random.integer(1, 9)}-1${random.integer(0, 9)}T1${random.integer(0, 9)}:${random.integer(10, 59)}:${random.integer(10, 59)}Z`,
    '!badrrn': () => {
      const { day, month, year } = birthDate(random);
      return drawUntil(
        () => `${year.slice(2)}.${month}.${day}-${randomDigits(random, 3)}.${randomDigits(random, 2)}`,
        (value) => ORACLES.rrn(value.replace(/\D/g, '')),
        false,
      );
    },
    '!badsteuer': () =>
      drawUntil(() => String(random.integer(10_000_000_000, 99_999_999_999)), ORACLES.steuerId, false),
    '!ean': () => {
      const body = `87${randomDigits(random, 10)}`;
      return body + luhnDigit(body);
    },
  };
}

function fillerMakers(random: SeededRandom): Makers {
  return {
    amount: () => `${random.integer(10, 990)},${random.integer(10, 99)}`,
    n: () => String(random.integer(1, 99)),
    clock: () =>
      `${String(random.integer(0, 23)).padStart(2, '0')}:${String(random.integer(0, 59)).padStart(2, '0')}:${String(random.integer(0, 59)).padStart(2, '0')}`,
    day: () =>
      `2025-${String(random.integer(1, 12)).padStart(2, '0')}-${String(random.integer(1, 28)).padStart(2, '0')}`,
  };
}
