// Looks at the queue from inside the page: when was what painted? A task that a frame's callback posts
// runs after that frame was handed over to the screen.
(() => {
  const times = [];
  const painted = {};
  let slowest = 0;
  const rowInHand = () => document.activeElement?.closest("#rows > li")?.id;
  const afterPaint = (done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(null);
  });
  window.addEventListener("keydown", (event) => {
    if (!event.isTrusted) return;
    const before = rowInHand();
    afterPaint((now) => {
      if (rowInHand() !== before) times.push(now - event.timeStamp);
    });
  }, { capture: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name === "keydown") slowest = Math.max(slowest, entry.duration);
    }
  }).observe({ type: "event", durationThreshold: 16 });
  new MutationObserver((changes) => {
    const rows = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.dataset?.id);
    if (rows.length) {
      afterPaint((now) => {
        for (const row of rows) painted[`${row.dataset.id} ${row.dataset.v}`] ??= performance.timeOrigin + now;
      });
    }
  }).observe(document, { childList: true, subtree: true });
  window.takeTimes = () => times.splice(0);
  window.slowestEvent = () => [slowest, (slowest = 0)][0];
  window.paintedRows = () => painted;
})();
