/**
 * A form of `value` that lets its owner recognise it and nobody else use it: the first and last one or two characters,
 * of an e-mail address the first letters and the top-level domain, of a secret only kind and length.
 */
export function maskValue(type: string, value: string): string {
  if (type.startsWith('SECRET_')) return maskSecret(value);
  if (type === 'EMAIL') return maskEmail(value);
  if (type === 'PERSON' || type === 'ORG' || type === 'LOCATION' || type === 'ADDRESS') return maskWords(value);
  return maskEnds(value);
}

function maskEnds(value: string): string {
  const characters = Array.from(value);
  const meaningful = characters.filter((character) => /[\p{L}\p{N}]/u.test(character)).length;
  const shown = meaningful >= 9 ? 2 : meaningful >= 5 ? 1 : 0;
  let seen = 0;
  return characters
    .map((character) => {
      if (!/[\p{L}\p{N}]/u.test(character)) return character;
      seen++;
      return seen <= shown || seen > meaningful - shown ? character : '*';
    })
    .join('');
}

function maskWords(value: string): string {
  return value.replace(/[\p{L}\p{N}]+/gu, (word) => {
    const [first = ''] = word;
    return first + '*'.repeat(Array.from(word).length - 1);
  });
}

function maskEmail(value: string): string {
  const at = value.lastIndexOf('@');
  const dot = value.lastIndexOf('.');
  if (at < 1 || dot < at) return maskEnds(value);
  const stars = (count: number): string => '*'.repeat(Math.max(1, count));
  return `${value[0] ?? ''}${stars(at - 1)}@${value[at + 1] ?? ''}${stars(dot - at - 2)}${value.slice(dot)}`;
}

/** The published marker of an issuer, which says the kind of secret and nothing of it. */
const ISSUER_MARK =
  /^(?:gh[pousr]_|github_pat_|gl[a-z]{2,6}-|xox[a-z]-|xapp-|[srp]k_(?:live|test)_|sk-(?:ant-|proj-)?|npm_|pypi-|AKIA|ASIA|AIza|SG\.|eyJ|dop_v1_|hf_|shp[a-z]{2}_|-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----)/;

function maskSecret(value: string): string {
  const mark = ISSUER_MARK.exec(value)?.[0] ?? '';
  return `${mark}*** (${value.length} characters)`;
}
