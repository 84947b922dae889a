/** A generated text with the truth about it. */
export interface LabelledDocument {
  readonly kind: string;
  readonly text: string;
  /** Personal data and secrets that stand in it. */
  readonly values: readonly LabelledSpan[];
  /** Strings that resemble such data and are none. */
  readonly lookAlikes: readonly LabelledSpan[];
}

export interface LabelledSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Makes the text for one placeholder; its type is the placeholder up to a first dot. */
export type Makers = Readonly<Record<string, () => string>>;

const PLACEHOLDER = /\{(!?)([A-Za-z_]+(?:\.[a-z]+)?)\}/g;

/** Replaces `{TYPE.variant}` by a value of that type, `{!kind}` by a look-alike and `{word}` in lower case by filler. */
export function fillTemplate(kind: string, template: string, makers: Makers): LabelledDocument {
  const values: LabelledSpan[] = [];
  const lookAlikes: LabelledSpan[] = [];
  let text = '';
  let from = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    text += template.slice(from, match.index);
    from = match.index + match[0].length;
    const [, mark, name = ''] = match;
    const make = makers[mark === '!' ? `!${name}` : name];
    if (make === undefined) throw new Error(`no maker for ${match[0]}`);
    const start = text.length;
    text += make();
    const span = { start, end: text.length };
    if (mark === '!') lookAlikes.push({ type: name, ...span });
    else if (/^[A-Z]/.test(name)) values.push({ type: name.replace(/\..*$/, ''), ...span });
  }
  return { kind, text: text + template.slice(from), values, lookAlikes };
}
