/** Parameters that all pages share; the others belong to one page and end with it. */
const SHARED: ReadonlySet<string> = new Set(['range', 'from', 'to', 'compare']);

/** One parameter of the address; `undefined` when it is not there. */
export function readAddress(name: string): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined;
}

/** Changes the address without a new entry in the browser's history, so that a link shows what is on screen. */
export function writeAddress(changes: Readonly<Record<string, string | undefined>>): void {
  const parameters = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === '') parameters.delete(name);
    else parameters.set(name, value);
  const text = parameters.toString();
  history.replaceState(null, '', location.pathname + (text === '' ? '' : `?${text}`));
}

/** What the address of another page takes over from this one. */
export function sharedSearch(): string {
  const parameters = new URLSearchParams(
    [...new URLSearchParams(location.search)].filter(([name]) => SHARED.has(name)),
  );
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
