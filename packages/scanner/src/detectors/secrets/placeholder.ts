const STOP_WORDS =
  /x{5,}|\*{3,}|\.{3,}|_{4,}|-{6,}|0{8,}|1{8,}|a{8,}|abcdefghij|1234567890ab|0123456789abcdef|example|changeme|change_me|change-me|placeholder|your[_-]?|insert[_-]|redacted|replace|dummy|sample|foobar|lorem|<[a-z]|\$\{|\{\{|%\(|process\.env|os\.environ|getenv|fixme|todo|secret_here|test_?key_?here/i;

/** Whether a value stands in for a secret: an instruction, a run of one character, a variable, an example. */
export function isPlaceholder(value: string): boolean {
  return STOP_WORDS.test(value);
}
