import { ApiRTC } from "./api-rtc.ts";

export { ApiRTC, type InitOptions } from "./api-rtc.ts";
export type { OldDetail, OldListener } from "./events.ts";
export type { OldUser } from "./contact-list.ts";
export { ApiRTCSession } from "./session.ts";
export { ApiRTCWebRTCClient, type CallConfiguration, type WebRTCClientOptions } from "./webrtc-client.ts";
export { ApiRTCIMClient } from "./im-client.ts";
export { ApiRTCDataClient } from "./data-client.ts";
export { ApiRTCWhiteBoardClient } from "./white-board-client.ts";

/** For pages that are bundled; a script tag with `/apirtc.js` makes it a global instead. */
export const apiRTC = new ApiRTC();
