import type { Platform } from "./platform.ts";

const key = "offhook.instance";

/**
 * The id of this page: a reload keeps it, a duplicated tab gets another. Duplicating copies the tab's storage, so the id
 * lies there only between leaving the page and its next load; whoever takes it removes it.
 */
export function claimInstance(platform: Pick<Platform, "tabStorage" | "newId" | "onPage">): string {
  const storage = platform.tabStorage;
  const instance = storage?.getItem(key) ?? platform.newId();
  storage?.removeItem(key);
  platform.onPage("left", () => storage?.setItem(key, instance));
  platform.onPage("returned", () => storage?.removeItem(key));
  return instance;
}
