// What of the page cannot be reached or read at this size: cut off, or past an edge where nothing scrolls.
() => {
  const CONTROLS = "button, a[href], input, textarea, select, [role='option'], [role='menuitem']";
  const SCROLLS = /auto|scroll/;
  const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const name = (element) => {
    const id = element.closest("[data-testid]")?.dataset.testid ?? "";
    return `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} in ${id}: ${element.textContent.trim().slice(0, 40)}`;
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  const above = function* (element) {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) yield one;
  };
  const scrolls = (element, axis) => [...above(element)].some((one) => SCROLLS.test(getComputedStyle(one)[`overflow${axis}`]));
  // A drawer that is closed, a link that comes with the focus, what is only read aloud.
  const isPutAway = (element) => [element, ...above(element)].some((one) => {
    const { position, clipPath } = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const isOutside = box.right <= 0 || box.bottom <= 0 || box.left >= innerWidth || box.top >= innerHeight;
    return clipPath !== "none" || ((position === "fixed" || position === "absolute") && isOutside);
  });
  const isShortened = (element) => {
    const { textOverflow, webkitLineClamp } = getComputedStyle(element);
    return textOverflow === "ellipsis" || webkitLineClamp !== "none";
  };
  const wrongs = (element) => {
    const box = element.getBoundingClientRect();
    const matters = element.matches(CONTROLS) || hasText(element);
    if (!matters || box.width <= 1 || box.height <= 1) return [];
    const isPastSide = box.right > innerWidth + 1 || box.left < -1;
    const isPastEnd = box.bottom > innerHeight + 1 || box.top < -1;
    const isCut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === "hidden" && !isShortened(element);
    if (!isPastSide && !isPastEnd && !isCut) return [];
    if (!isSeen(element) || isPutAway(element)) return [];
    return [
      isPastSide && !scrolls(element, "X") && !isShortened(element.parentElement) && "past the side",
      isPastEnd && !scrolls(element, "Y") && "past the end",
      isCut && !element.matches("input, textarea") && "cut off",
    ].filter(Boolean);
  };
  const clips = [...document.querySelectorAll("body, body *")].filter((element) => {
    const { overflowX } = getComputedStyle(element);
    const isClosed = overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1;
    return isClosed && !isShortened(element) && isSeen(element) && !isPutAway(element) && !element.matches("input, textarea");
  });
  const found = [...document.querySelectorAll("body *")].flatMap((element) => wrongs(element).map((wrong) => `${wrong}: ${name(element)}`));
  return [...found, ...clips.map((element) => `wider than it shows: ${name(element)}`)].slice(0, 8);
}
