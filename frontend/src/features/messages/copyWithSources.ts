/** The whole formula for a selection that begins or ends in one. */
function widen(range: Range): Range {
  const wide = range.cloneRange();
  const formulaOf = (node: Node): Element | null => (node instanceof Element ? node : node.parentElement)?.closest(".formula") ?? null;
  const first = formulaOf(range.startContainer);
  const last = formulaOf(range.endContainer);
  if (first) wide.setStartBefore(first);
  if (last) wide.setEndAfter(last);
  return wide;
}

/** Copies formulas as they were written, instead of the pieces that they are drawn of. */
export function copyWithSources(event: ClipboardEvent): void {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0 || !event.clipboardData) return;
  const copy = document.createElement("div");
  copy.append(widen(selection.getRangeAt(0)).cloneContents());
  const formulas = copy.querySelectorAll<HTMLElement>(".formula");
  if (formulas.length === 0) return;
  for (const formula of formulas) formula.replaceWith(formula.dataset.source ?? "");
  // Only what is laid out has lines.
  copy.className = "off-screen";
  document.body.append(copy);
  event.clipboardData.setData("text/plain", copy.innerText);
  event.clipboardData.setData("text/html", copy.innerHTML);
  copy.remove();
  event.preventDefault();
}
