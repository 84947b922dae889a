/** A function of somebody else, whatever it takes. */
export type AnyFunction = (this: unknown, ...parameters: unknown[]) => unknown;

/**
 * Puts what `replace` makes of a function in its place. The returned function takes it away again, unless somebody else
 * stands in front of it by then: then it stays, and only passes through.
 */
export function standInFront(
  target: object,
  name: string,
  replace: (original: AnyFunction) => AnyFunction,
): () => void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') return () => undefined;
  // Name, length and symbols such as util.promisify.custom are part of what callers see.
  const replacement = Object.defineProperties(
    replace(original as AnyFunction),
    Object.getOwnPropertyDescriptors(original),
  );
  Reflect.set(target, name, replacement);
  return () => {
    if (Reflect.get(target, name) === replacement) Reflect.set(target, name, original);
  };
}
