// Leave this page, with what it shows off the screen at once: the way out may take long.
const AGAIN_MS = 20_000; // asked for each second, a slow answer would be given up each second
let left = -AGAIN_MS;

export function leave(to: string): void {
  const now = performance.now();
  if (now - left < AGAIN_MS) return;
  left = now;
  document.body.style.display = "none";
  window.location.replace(to);
}
