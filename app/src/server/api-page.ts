interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly responses?: Readonly<Record<string, unknown>>;
}

/** The part of an OpenAPI document that the page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, unknown>>;
}

const METHODS = new Set(['get', 'post', 'patch', 'put', 'delete']);

const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:0 auto;padding:2rem 1.25rem}
h2{margin-top:2.5rem}
details{border:1px solid #8886;border-radius:8px;margin:.5rem 0;padding:.6rem .9rem}
summary{cursor:pointer;overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace}
b{display:inline-block;min-width:4.5em}
pre{overflow:auto;background:#8881;padding:.75rem;border-radius:6px;font-size:.85rem}`;

/** A readable page of the API, with nothing from anywhere else. `nonce` admits its style. */
export function renderApiPage(document: ApiDocument, nonce: string): string {
  const groups = new Map<string, string[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    if (typeof item !== 'object' || item === null) continue;
    for (const [method, operation] of Object.entries(item)) {
      if (!METHODS.has(method)) continue;
      // OpenAPI fixes the shape of an operation.
      const { tags = ['other'], ...details } = operation as Operation;
      const group = tags[0] ?? 'other';
      groups.set(group, [...(groups.get(group) ?? []), renderOperation(method, path, details)]);
    }
  }
  const sections = [...groups].map(([name, operations]) => `<h2>${escape(name)}</h2>${operations.join('')}`).join('');
  const { title, version, description = '' } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)} API</title><style nonce="${nonce}">${STYLE}</style></head><body><main>
<h1>${escape(title)} API ${escape(version)}</h1><p>${escape(description)}</p>
<p><a href="/api/openapi.json">OpenAPI 3.1 document</a></p>${sections}</main></body></html>`;
}

function renderOperation(method: string, path: string, operation: Operation): string {
  const { summary = '', description = '', parameters, requestBody, responses } = operation;
  const parts = Object.entries({ parameters, requestBody, responses }).filter(([, part]) => part !== undefined);
  const body = parts
    .map(([name, part]) => `<h3>${name}</h3><pre>${escape(JSON.stringify(part, null, 2))}</pre>`)
    .join('');
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escape(path)}</code> ${escape(summary)}</summary><p>${escape(description)}</p>${body}</details>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
