type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | ((event: Event) => void) | undefined>>;

/** Creates an element; texts become text nodes, never markup. An attribute that is a function listens to its event. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') created.addEventListener(key, value);
    else if (value !== undefined) created.setAttribute(key, value);
  }
  created.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return created;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The same for drawings. */
export function drawing(name: string, attributes: Readonly<Record<string, string>>, ...children: Node[]): SVGElement {
  const created = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  created.append(...children);
  return created;
}
