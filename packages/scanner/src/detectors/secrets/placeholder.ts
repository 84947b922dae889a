const STAND_INS =
  /x{5,}|\*{3,}|\.{3,}|_{4,}|-{6,}|0{8,}|1{6,}$|^1234|abcdefgh|1234567890ab|0123456789|deadbeef|example|changeme|change[_-]me|change[_-]this|place[_-]?holder|your[_-]|^your|insert[_-]|redacted|replace|dummy|sample|foobar|lorem|^<|>$|\$\{|\{\{|^\$|^%|%\(|#\{|process\.env|os\.environ|getenv|fixme|todo|[_-]here$|^test|test[_-]?(?:key|token|secret|pass)|fake|mock|^null$|^none$|^undefined$|^true$|^false$|not[_-]?(?:a[_-])?(?:real|secret|set)|^env[:.]|vault:|arn:|secret(?:s|smanager)?[:/.]|\bref\b|^\[|^\(|encrypted|^enc\(|hidden|masked|^no[_-]?(?:password|secret|token)|some[_-]?(?:secret|token|password|key)|my[_-]?(?:secret|token|password|key|api)/i;

const COMMON =
  /^(?:password\d{0,3}|passw(?:or)?d|passphrase|wachtwoord\d{0,3}|geheim|secret\d{0,3}|s3cret|admin\d{0,3}|root|user|guest|default|letmein|qwerty\d{0,3}|abc\d{1,3}|hunter2|postgres|mysql|redis|login|pass|pwd|token|api[_-]?key|key|string|number|boolean|object|text|hidden|required|optional|current-password|new-password|basic|bearer|digest|oauth2?|keyboard cat|monkey|dragon|welcome|welkom|foo|bar|baz|qux|empty|blank|value|input|field|label|username|email)$/i;

const TEMPLATE = /x{6,}|\.{3}|\*{3}|0{8,}|EXAMPLE|example|changeme|your[_-]|<|\$\{|\{\{|1234567890|abcdefgh|ABCDEFGHIJ/;

/** Whether a token of an issuer's form is one that documentation made up. */
export function isMadeUp(token: string): boolean {
  return TEMPLATE.test(token);
}

/** Whether a value stands in for a secret: an instruction, a run of one character, a variable, an example. */
export function isPlaceholder(value: string): boolean {
  return STAND_INS.test(value) || COMMON.test(value);
}
