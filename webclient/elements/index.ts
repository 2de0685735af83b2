import type { OffhookButton } from "./button.ts";
import type { OffhookDevices } from "./devices.ts";
import type { OffhookDialpad } from "./dialpad.ts";
import type { OffhookIncoming } from "./incoming.ts";
import type { OffhookPhone } from "./phone.ts";

export { OffhookButton } from "./button.ts";
export { OffhookCall } from "./call.ts";
export { OffhookCallMe } from "./call-me.ts";
export { OffhookDevices } from "./devices.ts";
export { OffhookDialpad } from "./dialpad.ts";
export { OffhookIncoming } from "./incoming.ts";
export { OffhookPhone, typedTarget } from "./phone.ts";

declare global {
  interface HTMLElementTagNameMap {
    "offhook-button": OffhookButton;
    "offhook-devices": OffhookDevices;
    "offhook-dialpad": OffhookDialpad;
    "offhook-incoming": OffhookIncoming;
    "offhook-phone": OffhookPhone;
  }
}
