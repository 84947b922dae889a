import { Parser } from 'htmlparser2';

const BLOCKS = new Set(
  'address article aside blockquote body br dd div dl dt fieldset figcaption footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p pre section table tbody td th tr ul'.split(
    ' ',
  ),
);
const HIDDEN = new Set(['script', 'style', 'template', 'noscript']);
/** Attributes that show or send text. */
const SPOKEN_ATTRIBUTES = ['href', 'content', 'value', 'alt', 'title', 'placeholder'] as const;
const SPOKEN_ADDRESS = /^(?:mailto|tel|sms|whatsapp):/i;

/** The text of an HTML page as people see it, block by block, with contact links spelled out. */
export function extractHtmlText(html: string): string {
  const parts: string[] = [];
  let hiddenDepth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (HIDDEN.has(name)) hiddenDepth++;
      if (BLOCKS.has(name)) parts.push(name === 'td' || name === 'th' ? '\t' : '\n');
      for (const attribute of SPOKEN_ATTRIBUTES) {
        const value = attributes[attribute];
        if (value === undefined || (attribute === 'href' && !SPOKEN_ADDRESS.test(value))) continue;
        parts.push(` ${decodeLoosely(value)} `);
      }
    },
    ontext(text) {
      if (hiddenDepth === 0) parts.push(text.replaceAll(/\s+/g, ' '));
    },
    onclosetag(name) {
      if (HIDDEN.has(name)) hiddenDepth--;
      if (name !== 'td' && name !== 'th' && BLOCKS.has(name)) parts.push('\n');
    },
  });
  parser.write(html);
  parser.end();
  return parts.join('').replaceAll(/\n{3,}/g, '\n\n');
}

function decodeLoosely(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
