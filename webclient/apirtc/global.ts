import { defaultUrl } from "../gateway-address.ts";
import { ApiRTC } from "./api-rtc.ts";
import { ApiRTCDataClient } from "./data-client.ts";
import { ApiRTCIMClient } from "./im-client.ts";
import { ApiRTCSession } from "./session.ts";
import { ApiRTCWebRTCClient } from "./webrtc-client.ts";
import { ApiRTCWhiteBoardClient, type LoadWhiteboard } from "./white-board-client.ts";

/** A script of the old kind, not a module: what stands below it in the page finds the globals. */
const script = document.currentScript as HTMLScriptElement | null;
const source = script?.src ?? location.href;
/** HTML 8.1.3.1: a classic script of another origin has no address that an import could be relative to. */
const load = (): ReturnType<LoadWhiteboard> =>
  import(new URL("./whiteboard.js", source).href) as ReturnType<LoadWhiteboard>;
const apiRTC = new ApiRTC(defaultUrl(script?.src ?? "", location.origin), load);

Object.assign(globalThis, {
  apiRTC,
  apiCC: apiRTC,
  ...{ ApiRTCSession, ApiRTCWebRTCClient, ApiRTCIMClient, ApiRTCDataClient, ApiRTCWhiteBoardClient },
});
