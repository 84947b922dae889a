import { isRepeated, weightedSum } from '../../detection/checksum.ts';
import { digits, letters, mixed, nationalNumber } from './national-number.ts';

/** Education number: the weights of the BSN, remainder 5 by 11. */
export function isEducationNumber(compact: string): boolean {
  return ((weightedSum(compact, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11) + 11) % 11 === 5;
}

/** Bank account of before IBAN: weights 10 to 1, or 9 to 1 for nine digits; 11 divides the sum. */
export function isDutchAccount(compact: string): boolean {
  return weightedSum(compact.padStart(10, '0'), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 && !isRepeated(compact);
}

const SIDE_CODES =
  /^(?:[A-Z]{2}\d{2}\d{2}|\d{4}[A-Z]{2}|\d{2}[A-Z]{2}\d{2}|[A-Z]{2}\d{2}[A-Z]{2}|[A-Z]{4}\d{2}|\d{2}[A-Z]{4}|\d{2}[A-Z]{3}\d|\d[A-Z]{3}\d{2}|[A-Z]{2}\d{3}[A-Z]|[A-Z]\d{3}[A-Z]{2}|[A-Z]{3}\d{2}[A-Z]|[A-Z]\d{2}[A-Z]{3}|\d[A-Z]{2}\d{3}|\d{3}[A-Z]{2}\d)$/;

/** Dutch number plate: one of the side codes of the RDW; vowels occur only on plates of before 1973, C and Q never now. */
export function isDutchPlate(compact: string): boolean {
  return (
    SIDE_CODES.test(compact) &&
    !/[AEIOUCQ]/.test(compact.replace(/^(?:[A-Z]{2})\d{4}$/, '')) &&
    !/SS|SD|SA/.test(compact)
  );
}

export const kvk = nationalNumber({
  type: 'KVK',
  tier: 'C',
  triggers: [digits(8), digits(2, 2, [' 0', '.0']), digits(4, 4, [' 0'])],
  pattern: /\d{8}|\d{2}[ .]\d{3}[ .]\d{3}|\d{4} \d{4}|\d{2} \d{2} \d{2} \d{2}/y,
  check: (compact) => !isRepeated(compact),
  prior: -3.2,
  positive: [
    'kvk*',
    'kv k*',
    'k v k*',
    'kamer van koophandel*',
    'chamber of commerce*',
    'handelsregister*',
    'coc*',
    'trade register*',
    'chambre de commerce*',
    'handelskammer*',
    'registre du commerce*',
  ],
});

export const branchNumber = nationalNumber({
  type: 'KVK_VESTIGING',
  tier: 'C',
  triggers: [digits(12)],
  pattern: /0000\d{8}/y,
  check: () => true,
  prior: -2.5,
  positive: ['vestiging*', 'branch*', 'establishment*'],
});

export const educationNumber = nationalNumber({
  type: 'NL_ONDERWIJSNUMMER',
  tier: 'B',
  triggers: [digits(9)],
  pattern: /\d{9}/y,
  check: isEducationNumber,
  prior: -2.5,
  positive: ['onderwijsnummer', 'onderwijsnr', 'ows nummer', 'education number'],
});

export const dutchAccount = nationalNumber({
  type: 'BANK_NL',
  tier: 'B',
  triggers: [digits(9, 10), digits(2, 4, ['.0', ' 0'])],
  pattern: /\d{9,10}|\d{2,4}\.\d{2}\.\d{2}\.\d{3}|\d{2} \d{2} \d{2} \d{3}/y,
  check: (compact) => (compact.length === 9 || compact.length === 10) && isDutchAccount(compact),
  prior: -3,
  positive: ['rekening', 'rekeningnummer', 'bankrekening*', 'rek nr', 'bank account', 'account number', 'giro'],
  negative: ['iban*'],
});

export const agb = nationalNumber({
  type: 'AGB',
  tier: 'C',
  triggers: [digits(8), digits(2, 2, ['-0', ' 0'])],
  pattern: /\d{8}|\d{2}[- ]\d{6}/y,
  check: (compact) => /^(?:0[1-9]|[1-9]\d)/.test(compact) && !isRepeated(compact),
  prior: -3.2,
  positive: ['agb*', 'zorgverlenerscode', 'praktijkcode', 'vektis'],
});

export const big = nationalNumber({
  type: 'BIG',
  tier: 'C',
  triggers: [digits(11)],
  pattern: /\d{11}/y,
  check: (compact) => /^[01489]\d/.test(compact) && !isRepeated(compact),
  prior: -3,
  positive: ['big', 'big nummer', 'bignummer', 'big nr', 'big reg*', 'big register*', 'big code'],
});

export const uzi = nationalNumber({
  type: 'UZI',
  tier: 'C',
  triggers: [digits(8, 9)],
  pattern: /\d{8,9}/y,
  check: (compact) => !isRepeated(compact),
  prior: -3.2,
  positive: ['uzi*'],
});

const DOCUMENT = /[A-NP-Z]{2}[A-NP-Z0-9]{6}\d/y;
const isDocument = (compact: string): boolean => /\d/.test(compact.slice(2, 8)) || /\d$/.test(compact);

export const dutchPassport = nationalNumber({
  type: 'PASSPORT_NL',
  tier: 'C',
  triggers: [mixed(9)],
  pattern: DOCUMENT,
  check: isDocument,
  prior: -2.5,
  positive: [
    'paspoort*',
    'passport*',
    'reisdocument*',
    'documentnummer',
    'document number',
    'pasnummer',
    'pas nr',
    'passnummer',
    'reisepass*',
    'passeport*',
    'document no',
    'doc nr',
    'passnr',
  ],
  negative: [
    'identiteitskaart*',
    'id kaart*',
    'idkaart*',
    'id card*',
    'identity card*',
    'personalausweis*',
    'carte d identité',
  ],
});

export const dutchIdentityCard = nationalNumber({
  type: 'ID_NL',
  tier: 'C',
  triggers: [mixed(9)],
  pattern: DOCUMENT,
  check: isDocument,
  prior: -2.6,
  positive: [
    'identiteitskaart*',
    'id kaart*',
    'idkaart*',
    'id card*',
    'identity card*',
    'identiteitsbewijs*',
    'nik',
    'legitimatie*',
    'id bewijs*',
    'ausweis*',
    'carte d identité*',
    'id nummer',
    'id document*',
    'identity document*',
  ],
  negative: ['paspoort*', 'passport*'],
});

export const dutchDrivingLicence = nationalNumber({
  type: 'DRIVING_LICENCE_NL',
  tier: 'C',
  triggers: [digits(10)],
  pattern: /\d{10}/y,
  check: (compact) => !isRepeated(compact),
  prior: -2.9,
  positive: [
    'rijbewijs*',
    'rijbewijsnr',
    'driving licen*',
    "driver's licen*",
    'driver s licen*',
    'driver licen*',
    'drivers licen*',
    'führerschein*',
    'fuhrerschein*',
    'permis de conduire',
    'permis',
    'driving license*',
  ],
});

export const dutchPlate = nationalNumber({
  type: 'PLATE_NL',
  tier: 'C',
  triggers: [letters(1, 3, ['-0', '-a']), digits(1, 3, ['-a', '-0']), mixed(6), mixed(2, 4, ['-a', '-0'])],
  pattern: /[A-Z\d]{1,3}-[A-Z\d]{2,3}-[A-Z\d]{1,2}|[A-Z\d]{6}/y,
  check: isDutchPlate,
  prior: -2.8,
  groupedBonus: 2.6,
  positive: [
    'kenteken*',
    'nummerplaat',
    'nummerbord',
    'license plate*',
    'licence plate*',
    'number plate*',
    'plate*',
    'registration',
    'kennzeichen',
    'voertuig*',
    'auto',
    'lease*',
    'vehicle*',
    'bolide',
    'immatriculation',
    'plaque',
    'car',
    'geparkeerd',
    'parkeer*',
    'parking',
  ],
});
