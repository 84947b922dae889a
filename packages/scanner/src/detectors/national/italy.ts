import { mixed, nationalNumber } from './national-number.ts';

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Codice fiscale: odd and even places weigh by different tables; the remainder by 26 is the last letter. */
export function isItalianFiscalCode(compact: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const code = compact.charCodeAt(index);
    const value = code >= 65 ? code - 65 : code - 48;
    sum += index % 2 === 0 ? (ODD[value] ?? 0) : value;
  }
  return compact.charCodeAt(15) - 65 === sum % 26;
}

/** Codice fiscale. */
export const italianFiscalCode = nationalNumber({
  type: 'IT_CF',
  tier: 'A',
  triggers: [mixed(16), { kind: 'token', token: 'letters', min: 6, next: [' 0', '-0'] }],
  pattern:
    /[A-Za-z]{6}[ -]?[\dLMNP-Vlmnp-v]{2}[A-EHLMPR-Ta-ehlmpr-t][\dLMNP-Vlmnp-v]{2}[ -]?[A-Za-z][\dLMNP-Vlmnp-v]{3}[A-Za-z]/y,
  check: isItalianFiscalCode,
  prior: 4,
  positive: ['codice fiscale', 'c f', 'cf', 'fiscal code', 'tax code', 'italian tax*'],
});
