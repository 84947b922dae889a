/**
 * The form in which equal values are equal whatever way they are written; input of fingerprints.
 * Never shown or stored.
 */
export function normaliseValue(type: string, value: string): string {
  if (type.startsWith('SECRET_') || type.startsWith('WALLET_')) return value.trim();
  if (type === 'EMAIL' || type === 'URL') return value.trim().toLowerCase();
  if (type === 'PHONE')
    return value
      .replace(/^00/, '+')
      .replace('(0)', '')
      .replace(/[^\d+]/g, '');
  if (type === 'BSN') return value.replace(/\D/g, '').padStart(9, '0');
  if (/^(?:PERSON|ORG|LOCATION|ADDRESS|HEALTH|RELIGION|POLITICS|ETHNICITY|UNION|ORIENTATION)$/.test(type)) {
    return value.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
  }
  if (/^(?:DOB|DATE|GEO|IP)$/.test(type)) return value.toLowerCase().replace(/\s+/g, '');
  return value.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
}
