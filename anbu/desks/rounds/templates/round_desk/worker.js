// Keeps the shell of the app, and nothing else: what is about people never comes through here.
const NAME = "anbu-round-{{ version }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(NAME);
    for (const file of FILES) {
      const answer = await fetch(file, { cache: "no-cache", credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(`the shell is not whole: ${file}`);
      await kept.put(file, answer);
    }
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("anbu-round-") && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

// The app's own page comes from here at once, with or without a network. What it asks the server
// (POST) is never looked at.
self.addEventListener("fetch", (event) => {
  const asked = new URL(event.request.url);
  if (event.request.method !== "GET" || asked.origin !== self.location.origin) return;
  const file = asked.pathname === "/round/" ? "/round/" : asked.pathname + asked.search;
  if (!FILES.includes(file)) return;
  event.respondWith((async () => {
    const kept = await (await caches.open(NAME)).match(file);
    return kept || fetch(event.request);
  })());
});
