import type { Notices } from "../model/notices.ts";

/** Registers the service worker, which keeps the page's own files; says when there is a newer page. */
export async function install(notices: Notices): Promise<void> {
  const workers = globalThis.isSecureContext ? navigator.serviceWorker : undefined;
  if (!workers) return;
  const updates = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    if (updates) notices.announceUpdate();
  });
  await workers.register("./service-worker.js").catch(() => {});
}
