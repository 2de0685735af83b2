import { html, render } from "lit";
import { systemClock } from "../../../gateway/base/clock.ts";
import type { Call } from "../../index.ts";
import { icon } from "../look/icons.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { naming, stateLine } from "./call-name.ts";

/** Document Picture-in-Picture (WICG), where the browser has it. */
interface PictureInPicture {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const ofBrowser = (): PictureInPicture | undefined =>
  (globalThis as { documentPictureInPicture?: PictureInPicture }).documentPictureInPicture;

export const canPopOut = (): boolean => ofBrowser() !== undefined;

/** Shows the call in a small window above all others until it ends. Constructed sheets cannot go there: light DOM. */
export async function popOut(phone: Phone, call: Call): Promise<void> {
  const small = await ofBrowser()
    ?.requestWindow({ width: 320, height: 200 })
    .catch(() => undefined);
  if (!small) return;
  for (const sheet of document.querySelectorAll("link[rel=stylesheet]")) small.document.head.append(sheet.cloneNode());
  small.document.documentElement.dataset["theme"] = document.documentElement.dataset["theme"] ?? "";
  small.document.title = words.product;
  const draw = (): void => void render(content(phone, call), small.document.body);
  const ticks = systemClock.every(1_000, draw);
  const off = call.subscribe(draw);
  small.addEventListener("pagehide", () => {
    ticks.cancel();
    off();
  });
  void call.ended.then(() => small.close());
  draw();
}

function content(phone: Phone, call: Call) {
  const view = call.view();
  const muted = view.muted.audio;
  return html`<main class="small-window">
    <b>${naming(phone, view.peer).name}</b>
    <span>${stateLine(view, phone.stage.talkedMs())}</span>
    <p>
      <button aria-label=${words.call.mute} aria-pressed=${String(muted)} @click=${() => call.mute("audio")}>
        ${icon(muted ? "microphoneOff" : "microphone", 24)}
      </button>
      <button class="end" aria-label=${words.call.end} @click=${() => void call.end()}>${icon("hangUp", 26)}</button>
    </p>
  </main>`;
}
