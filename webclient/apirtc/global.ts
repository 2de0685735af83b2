import { defaultUrl } from "../gateway-address.ts";
import { ApiRTC } from "./api-rtc.ts";
import { ApiRTCDataClient } from "./data-client.ts";
import { ApiRTCIMClient } from "./im-client.ts";
import { ApiRTCSession } from "./session.ts";
import { ApiRTCWebRTCClient } from "./webrtc-client.ts";

/** A script of the old kind, not a module: what stands below it in the page finds the globals. */
const script = document.currentScript as HTMLScriptElement | null;
const apiRTC = new ApiRTC(defaultUrl(script?.src ?? "", location.origin));

Object.assign(globalThis, {
  apiRTC,
  apiCC: apiRTC,
  ...{ ApiRTCSession, ApiRTCWebRTCClient, ApiRTCIMClient, ApiRTCDataClient },
});
