/** Joins method and route to the name under which a request is known everywhere, such as `GET /orders/*`. */
export type NameRoute = (method: string, route: string) => string;

const MOST_ROUTES = 2_000;

/** Remembers the names: joining strings anew for each request costs more than all that is done with them. */
export function createRouteNames(): NameRoute {
  let methods = new Map<string, Map<string, string>>();
  let count = 0;
  return (method, route) => {
    let names = methods.get(method);
    const known = names?.get(route);
    if (known !== undefined) return known;
    if (count >= MOST_ROUTES) {
      methods = new Map();
      names = undefined;
      count = 0;
    }
    if (names === undefined) {
      names = new Map();
      methods.set(method, names);
    }
    const name = `${method} ${route}`;
    names.set(route, name);
    count += 1;
    return name;
  };
}

/** One memory of names for the whole process: they are the same for every profiler. */
export const nameRoute: NameRoute = createRouteNames();

const SLASH = 47;
const QUESTION = 63;
const HASH = 35;
const MOST_WORDS = 1_000;
const words = new Map<string, { readonly alone: string; readonly more: string }>();

/**
 * `/orders/*` for `/orders/17?x=1`: the first part alone, and only when it reads like a word of a programmer, because
 * later parts may name a person.
 */
export function toCoarseRoute(url: string | undefined): string {
  const path = url ?? '/';
  let end = 1;
  while (end < path.length && !isEnd(path.charCodeAt(end))) end += 1;
  const first = path.slice(1, end);
  let known = words.get(first);
  if (known === undefined) {
    const isWord = /^[A-Za-z][\w.-]{0,40}$/.test(first) && !/\d{3}/.test(first);
    const shown = isWord || first === '' ? first : '*';
    known = { alone: `/${shown}`, more: `/${shown}/*` };
    // Only words of programmers are remembered: what may name a person is not kept, and cannot fill the memory.
    if (isWord && words.size < MOST_WORDS) words.set(first, known);
  }
  return path.charCodeAt(end) === SLASH ? known.more : known.alone;
}

function isEnd(code: number): boolean {
  return code === SLASH || code === QUESTION || code === HASH;
}
