// What is wrong on the page with what somebody wrote: elements, attributes and addresses that must not be there, a broken
// layout; and for how long the page has stood still since the last look.
() => {
  const list = document.querySelector('[data-testid="message-list"]');
  const field = document.querySelector('[data-testid="composer"]').getBoundingClientRect();
  const forbidden = [
    "script", "img", "iframe", "object", "embed", "style", "link", "form", "base", "meta", "video", "audio", "portal", "details", "template",
    "use", "image", "foreignObject",
  ];
  const all = [...list.querySelectorAll("*")];
  const attributes = all.flatMap((element) => [...element.attributes]);
  const valuesOf = (wanted) => attributes.filter(({ name }) => name === wanted).map(({ value }) => value);
  const found = [
    ...all.filter(({ localName }) => forbidden.includes(localName)).map((element) => element.outerHTML.slice(0, 100)),
    ...attributes.map(({ name }) => name).filter((name) => name.startsWith("on")),
    ...valuesOf("href").filter((href) => !/^(https?:|mailto:|#fn-)/i.test(href)),
    ...valuesOf("style").filter((style) => /url|fixed/.test(style)),
  ];
  if (window.pwned !== undefined) found.push("something ran");
  if (document.scrollingElement.scrollWidth > innerWidth) found.push("the page is too wide");
  if (list.scrollWidth > list.clientWidth) found.push("the list is too wide");
  if (field.bottom > innerHeight || field.right > innerWidth || field.height < 10) found.push("the message field is out of sight");
  const slow = window.slow;
  window.slow = 0;
  return { found, slow };
}
