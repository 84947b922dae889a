import type { Detector } from '../detection/detector.ts';

const VALUE = /^["'`]{0,2}\s?(?:[:=]|=>)\s?["'`]{0,2}([A-Za-z][A-Za-z0-9._-]{2,40})(?=["'`\s,;)}&]|$)/;
const GENERIC =
  /^(?:admin|administrator|root|user|users|username|guest|test|tester|demo|postgres|mysql|redis|default|anonymous|none|null|undefined|string|true|false|your|name|login|me|self|this|req|ctx|process|config|options|props|params|data|input|body|state|value|required|optional|nobody|system|service|daemon|public|private|bot|git|ubuntu|ec2-user|deploy|app|example)$/i;

/** Login name under a key for one, when it looks like a person's rather than a role's. */
export const username: Detector = {
  type: 'USERNAME',
  tier: 'C',
  triggers: [
    {
      kind: 'keyword',
      words: ['username', 'gebruikersnaam', 'benutzername', 'loginname', 'inlognaam', 'identifiant', 'login', 'user'],
    },
  ],
  prior: 0.4,
  verify({ text, end }) {
    const match = VALUE.exec(text.slice(end, end + 64));
    const value = match?.[1];
    if (!match || value === undefined || GENERIC.test(value)) return undefined;
    // A letter, a separator and more, or digits after letters: j.jansen, pdevries82. Plain words are roles or code.
    if (!/^[a-z]{1,20}[._-][a-z]{2,}[\d._a-z-]*$|^[a-z]{3,}\d{1,4}$/.test(value)) return undefined;
    if (/^(?:this|self|req|ctx|process|config|options|props|params|data|input|body|state)\./.test(value))
      return undefined;
    if (/\.(?:user|username|name|login|id|get|value|email)$/i.test(value)) return undefined;
    const start = end + match[0].length - value.length;
    return { start, end: start + value.length, reasons: ['value under a key for login names'] };
  },
};
