/** More properties than this are better kept by the engine in a way of its own. */
const MAX_PROPERTIES = 128;

/** Code that puts an object together. */
export interface ItemCode {
  /** Stands in front of the code that uses it; may be empty. */
  readonly declaration: string;
  /** An expression that makes an object of these values, which are expressions themselves and evaluated in their order. */
  make(values: readonly string[]): string;
}

/**
 * Code for objects of those names, which reach it only as JSON texts: string literals of the language. They are made by
 * a constructor whose prototype is that of all plain objects, not by an object literal: for each literal in hot code the
 * engine notes how many of its objects outlive a small collection, and once 64 callers have read at the same moment it
 * makes them among the old from then on, where they and all that they hold stay until a full collection.
 *
 * @param id A name for the constructor, unlike others in the same code.
 */
export function toItemCode(id: string, names: readonly string[]): ItemCode {
  const literals = names.map((name) => JSON.stringify(name));
  // Assigning to a name that all objects inherit fails where the process has frozen what they inherit from.
  if (names.length > MAX_PROPERTIES || names.some((name) => name in Object.prototype))
    return { declaration: '', make: (values) => `({${values.map((value, index) => `${literals[index]}: ${value}`)}})` };
  const parameters = literals.map((_, index) => `p${index}`);
  const assignments = literals.map((literal, index) => `this[${literal}] = p${index};`);
  return {
    declaration: `function ${id}(${parameters.join()}) { ${assignments.join(' ')} }\n${id}.prototype = Object.prototype;`,
    make: (values) => `new ${id}(${values.join()})`,
  };
}
