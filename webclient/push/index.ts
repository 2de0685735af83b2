export { Push, type PushOptions, type PushState, type PushView, type PushWorker } from "./push.ts";
export type { PushBrowser } from "./browser-push.ts";
export type { PushLanguage, PushNote } from "../../gateway/protocol/push-values.ts";
