import { Phone } from "./model/phone.ts";
import type { Brought } from "./model/door.ts";
import type { Session } from "../index.ts";
import "./shell/app.ts";
import { keepAppearance } from "./shell/appearance.ts";
import { install } from "./shell/installed.ts";
import { Notifications } from "./shell/notifications.ts";
import { keepTitle } from "./shell/page-title.ts";
import { Shortcuts } from "./shell/shortcuts.ts";
import { WakeLock } from "./shell/wake-lock.ts";
import type { SignInFailure } from "./words/words.ts";

declare global {
  interface Window {
    /** For support and tests. */
    offhook: { readonly phone: Phone; readonly session: Session | undefined };
  }
}

/** `#token=…`, `#code=…`, `#sign-in=…`, `#answer=…`: they leave the address bar, and so the history, at once. */
function takeFromAddress(): Brought & { readonly answer: string | undefined; readonly call: string | undefined } {
  const brought = new URLSearchParams(location.hash.slice(1));
  const take = (name: string): string | undefined => brought.get(name) ?? undefined;
  const taken = {
    token: take("token"),
    code: take("code"),
    failure: take("sign-in") as SignInFailure | undefined,
    answer: take("answer"),
    call: take("call"),
  };
  if (Object.values(taken).some(Boolean)) history.replaceState(null, "", location.pathname + location.search);
  return taken;
}

const brought = takeFromAddress();
const phone = new Phone();
window.offhook = {
  phone,
  get session() {
    return phone.session;
  },
};

// A notification was pressed while no page was open.
if (brought.answer !== undefined) phone.stage.answerWhenItRings(brought.answer);

addEventListener("storage", () => phone.preferences.recall());
addEventListener("beforeunload", (event) => {
  if (phone.stage.up()) event.preventDefault();
});

const inApp = <Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] | null =>
  document.querySelector("phone-app")?.renderRoot.querySelector(name) ?? null;

function search(): void {
  if (phone.places.view().tab !== "recents" || phone.stage.view().callShown) phone.places.go("recents");
  inApp("phone-recents-list")?.focusSearch();
}

keepAppearance(phone.preferences);
keepTitle(phone);
new Shortcuts(phone, { search, keypad: () => inApp("phone-call-view")?.toggleKeypad() }, document);
new Notifications(phone);
new WakeLock(phone.stage);

await phone.preferences.speak();
const app = document.querySelector("phone-app");
if (app) app.phone = phone;
void phone.door.load(brought);
void install(phone.notices);
