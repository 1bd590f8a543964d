// What the Tab key comes to on the page, or in what has opened over it, without showing that it has the focus.
() => {
  const CONTROLS = "button, a[href], input, textarea, select, summary, [tabindex]";
  const layers = [...document.querySelectorAll("[role='dialog'], [role='menu']")].filter((layer) => layer.checkVisibility());
  const before = document.activeElement;
  const hasRing = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  };
  const isQuiet = (element) => {
    if (element.tabIndex < 0 || element.disabled || element.closest("[inert], [aria-hidden='true']") || !element.checkVisibility({ visibilityProperty: true })) return false;
    element.blur(); // whoever came by the mouse
    element.focus({ preventScroll: true, focusVisible: true });
    const around = [element, element.parentElement, element.parentElement?.parentElement].filter(Boolean);
    return document.activeElement === element && !around.some(hasRing);
  };
  const quiet = [...(layers.at(-1) ?? document.body).querySelectorAll(CONTROLS)].filter(isQuiet);
  before?.focus({ preventScroll: true });
  return quiet.map((element) => `no ring around ${element.tagName.toLowerCase()} ${element.dataset.testid ?? element.getAttribute("aria-label") ?? ""}`);
}
