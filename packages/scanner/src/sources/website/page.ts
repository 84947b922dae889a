import { Parser } from 'htmlparser2';

/** A form and what it asks for. */
export interface PageForm {
  /** Where it sends to, resolved. */
  readonly action: URL;
  /** Kinds of personal data that its fields ask for, such as `email` or `birth date`. */
  readonly asksFor: readonly string[];
}

/** What a page contains that matters to privacy. */
export interface PageContent {
  readonly links: readonly { readonly url: URL; readonly text: string }[];
  /** Scripts, pictures, frames and styles that a browser fetches, with the address of each. */
  readonly resources: readonly { readonly kind: string; readonly url: URL }[];
  readonly forms: readonly PageForm[];
  readonly inlineScripts: readonly string[];
}

const RESOURCE_ATTRIBUTE: Readonly<Record<string, string>> = {
  script: 'src',
  img: 'src',
  iframe: 'src',
  embed: 'src',
  source: 'src',
  video: 'src',
  audio: 'src',
};

/** Field names, ids, labels and kinds that ask for personal data, in English and Dutch. */
const PERSONAL_FIELDS: readonly (readonly [RegExp, string])[] = [
  [/e-?mail/i, 'email'],
  [/\btel\b|phone|telefoon|mobiel|gsm/i, 'phone'],
  [/\bbsn\b|burgerservice|social.?security|\bssn\b|national.?id/i, 'national number'],
  [/birth|geboorte|\bdob\b|\bbday\b/i, 'birth date'],
  [/first.?name|last.?name|full.?name|given-name|family-name|voornaam|achternaam|\bnaam\b|surname|^name$/i, 'name'],
  [/street|straat|address|adres|postcode|postal|\bzip\b|huisnummer|woonplaats/i, 'address'],
  [/iban|rekeningnummer|card.?number|cc-number|creditcard|kaartnummer/i, 'payment details'],
  [/passw|wachtwoord/i, 'password'],
  [/health|gezond|medisch|medical|diagnos|klacht/i, 'health'],
];
const SILENT_INPUTS = new Set(['hidden', 'submit', 'button', 'reset', 'image', 'checkbox', 'radio', 'search']);

/** Reads a page. Addresses that do not parse are left out. */
export function readPage(html: string, url: URL): PageContent {
  const links: { url: URL; text: string }[] = [];
  const resources: { kind: string; url: URL }[] = [];
  const forms: { action: URL; asksFor: Set<string> }[] = [];
  const inlineScripts: string[] = [];
  let base = url;
  let form: (typeof forms)[number] | undefined;
  let link: (typeof links)[number] | undefined;
  let script: string | undefined;

  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'base') base = resolve(attributes['href'], url) ?? base;
      const attribute = RESOURCE_ATTRIBUTE[name];
      const source = attribute === undefined ? undefined : resolve(attributes[attribute], base);
      if (source) resources.push({ kind: name, url: source });
      else if (name === 'script') script = '';
      if (name === 'link' && /stylesheet|preload|icon/i.test(attributes['rel'] ?? '')) {
        const target = resolve(attributes['href'], base);
        if (target) resources.push({ kind: 'link', url: target });
      }
      if (name === 'a' || name === 'area') {
        const target = resolve(attributes['href'], base);
        link = target && { url: target, text: attributes['title'] ?? attributes['aria-label'] ?? '' };
        if (link) links.push(link);
      } else if (name === 'form') {
        form = { action: resolve(attributes['action'] ?? '', base) ?? url, asksFor: new Set() };
        forms.push(form);
      } else if ((name === 'input' || name === 'textarea' || name === 'select') && form) {
        const kind = toFieldKind(attributes);
        if (kind !== undefined) form.asksFor.add(kind);
      }
    },
    ontext(text) {
      if (link) link.text += text;
      if (script !== undefined) script += text;
    },
    onclosetag(name) {
      if (name === 'a') link = undefined;
      else if (name === 'form') form = undefined;
      else if (name === 'script' && script !== undefined) {
        inlineScripts.push(script);
        script = undefined;
      }
    },
  });
  parser.write(html);
  parser.end();
  return {
    links,
    resources,
    forms: forms.map(({ action, asksFor }) => ({ action, asksFor: [...asksFor] })),
    inlineScripts,
  };
}

function toFieldKind(attributes: Readonly<Record<string, string>>): string | undefined {
  if (SILENT_INPUTS.has((attributes['type'] ?? '').toLowerCase())) return undefined;
  for (const name of ['type', 'autocomplete', 'name', 'id', 'placeholder', 'aria-label']) {
    const value = attributes[name];
    const kind = value === undefined ? undefined : PERSONAL_FIELDS.find(([pattern]) => pattern.test(value))?.[1];
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function resolve(reference: string | undefined, base: URL): URL | undefined {
  if (reference === undefined) return undefined;
  const url = URL.canParse(reference.trim(), base.href) ? new URL(reference.trim(), base) : undefined;
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}
