import type { ServerEffect, ServerInput } from "./invite-server-transaction.ts";
import type { StateTable } from "./state-table.ts";

/**
 * RFC 3261 17.2.2:
 *
 *   trying ──1xx──► proceeding ──200-699──► completed ──J──► terminated
 *      └───────────200-699───────────────────▲
 */
export type NonInviteServerState = "trying" | "proceeding" | "completed" | "terminated";

export const nonInviteServerTransaction: StateTable<NonInviteServerState, ServerInput, ServerEffect> = {
  trying: {
    "send 1xx": ["proceeding", "send response"],
    "send 2xx": ["completed", "send response", "start J"],
    "send 300-699": ["completed", "send response", "start J"],
  },
  proceeding: {
    request: ["proceeding", "repeat response"],
    "send 1xx": ["proceeding", "send response"],
    "send 2xx": ["completed", "send response", "start J"],
    "send 300-699": ["completed", "send response", "start J"],
    "transport error": ["terminated", "report transport error"],
  },
  completed: {
    request: ["completed", "repeat response"],
    "timer J": ["terminated"],
    "transport error": ["terminated"],
  },
  terminated: {},
};
