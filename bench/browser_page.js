// Runs in every page before its own scripts: notes what the browser says of its frames, and how long a key takes.
(() => {
  const bench = { keys: [], shifts: [], longTasks: [], submitted: 0 };
  window.bench = bench;

  const note = (type, keep) => new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, buffered: true });
  note("layout-shift", ({ value, hadRecentInput, sources }) => {
    if (!hadRecentInput) bench.shifts.push({ value, moved: sources.map(({ node }) => node?.className ?? "text") });
  });
  note("longtask", ({ duration }) => bench.longTasks.push(duration));

  // From the time that the browser stamped on the key to the first task after the frame that shows it: the frame's
  // callbacks, style, layout and paint have run by then.
  addEventListener("keydown", (event) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => bench.keys.push(performance.now() - event.timeStamp);
      channel.port2.postMessage(null);
    });
  }, true);

  addEventListener("submit", (event) => { bench.submitted = event.timeStamp; }, true);

  // When messages and a field to answer in are painted.
  bench.readable = new Promise((resolve) => {
    const isThere = (id) => document.querySelector(`[data-testid="${id}"]`) !== null;
    const watching = new MutationObserver(() => {
      if (!isThere("message") || !isThere("composer")) return;
      watching.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    });
    watching.observe(document, { subtree: true, childList: true });
  });
})();
