/** The script of a LibrarySite's pages: puts the library on `window.lib`. */
import { browserPlatform } from "../../webclient/browser-platform.ts";
import { capture } from "../../webclient/capture.ts";
import type { ClientError } from "../../webclient/client-error.ts";
import { connect } from "../../webclient/connect.ts";

interface Told {
  readonly code: string;
  readonly detail?: string | undefined;
  readonly text?: string;
  readonly hint?: string;
}

const told = (act: Promise<unknown>): Promise<Told> =>
  act.then(
    () => ({ code: "none" }),
    ({ code, detail, message: text, hint }: ClientError) => ({ code, detail, text, hint }),
  );

Object.assign(window, {
  lib: {
    microphone: () => told(capture(browserPlatform(), { audio: true })),
    connection: (url: string) => told(connect({ url, user: "alice@offhook.test" })),
  },
});
