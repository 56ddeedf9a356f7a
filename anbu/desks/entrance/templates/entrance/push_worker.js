// Runs in the browser when a notice comes, also while no page is open. It shows one line.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(self.registration.showNotification("안부", {
    body: String(told.text || ""), tag: "anbu-duty", renotify: true, lang: "ko",
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/tellings"));
});
