import type { CallRecord } from "../../index.ts";
import type { IconName } from "../look/icons.ts";

export const directionIcons: Readonly<Record<CallRecord["direction"], IconName>> = {
  in: "incoming",
  out: "outgoing",
  missed: "missed",
};
