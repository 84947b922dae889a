/** Remembers which element of `root` has the focus; what is returned gives it back after the children were replaced. */
export function keepFocus(root: HTMLElement): () => void {
  const focused = document.activeElement;
  if (focused === null || focused === root || !root.contains(focused)) return () => undefined;
  const places: number[] = [];
  for (let node: Element = focused; node !== root;) {
    const parent = node.parentElement;
    if (parent === null) return () => undefined;
    places.unshift([...parent.children].indexOf(node));
    node = parent;
  }
  return () => {
    if (focused.isConnected) return;
    let node: Element | undefined = root;
    for (const place of places) node = node?.children[place];
    // Another element may be there now, which nobody chose.
    if (node instanceof HTMLElement && node.tagName === focused.tagName && node.textContent === focused.textContent)
      node.focus({ preventScroll: true });
  };
}
