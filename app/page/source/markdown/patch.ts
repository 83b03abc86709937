/**
 * Nodes made anew of a text that has grown, put in the place of the old ones with as little change
 * as can be: what is the same stays, and with it the focus, the selection and its layout.
 */

/** Attributes that nothing else sets. */
const OWN = ['align', 'dir', 'href', 'start'];

/** Makes the children of `parent` those of `next`, which is left with what was not needed. */
export function patch(parent: Node, next: Node): void {
  let old = parent.firstChild;
  for (let node = next.firstChild; node !== null; ) {
    const [wanted, following] = [node, node.nextSibling];
    node = following;
    if (old === null) parent.appendChild(wanted);
    else {
      const after: ChildNode | null = old.nextSibling;
      if (!isMade(old, wanted)) parent.replaceChild(wanted, old);
      old = after;
    }
  }
  while (old !== null) {
    const after: ChildNode | null = old.nextSibling;
    parent.removeChild(old);
    old = after;
  }
}

/** Makes `old` the same as `wanted`, if that is little to do; gives whether it is. */
function isMade(old: Node, wanted: Node): boolean {
  if (old.nodeName !== wanted.nodeName) return false;
  if (!(old instanceof HTMLElement && wanted instanceof HTMLElement)) {
    if (old.nodeValue === wanted.nodeValue) return true;
    const [before, now] = [old as Text, wanted.nodeValue ?? ''];
    // What is appended leaves a selection in the text where it is.
    if (now.startsWith(before.data)) before.appendData(now.slice(before.length));
    else before.data = now;
    return true;
  }
  // What others have set on it besides, as a chip's label, stays.
  for (const { name, value } of wanted.attributes) {
    if (name !== 'class' && old.getAttribute(name) !== value) return false;
  }
  if (wanted.tagName === 'BUTTON') return old.textContent === wanted.textContent;
  if (OWN.some((name) => old.hasAttribute(name) && !wanted.hasAttribute(name))) return false;
  patch(old, wanted);
  return true;
}
