import type { Devices } from "../../index.ts";
import type { Preferences } from "./preferences.ts";

export const deviceUses = ["microphone", "speaker", "ring"] as const;
export type DeviceUse = (typeof deviceUses)[number];

/** The devices of last time, each as soon as the browser lists it. */
export function restoreDevices(devices: Devices, preferences: Preferences): void {
  const waiting = new Set<DeviceUse>(deviceUses);
  const restore = (): void => {
    const { microphones, speakers } = devices.view();
    for (const use of waiting) {
      const id = preferences.view()[use];
      const device = [...microphones, ...speakers].find(({ deviceId }) => id !== "" && deviceId === id);
      if (!device) continue;
      waiting.delete(use);
      devices.use(device, use === "ring" ? "ring" : "call").catch(() => {});
    }
  };
  devices.subscribe(restore);
  restore();
}

/** Uses a device and remembers it. @throws ClientError as `devices.use` */
export async function chooseDevice(
  devices: Devices,
  preferences: Preferences,
  device: MediaDeviceInfo,
  use: DeviceUse,
): Promise<void> {
  await devices.use(device, use === "ring" ? "ring" : "call");
  preferences.choose({ [use]: device.deviceId });
}
