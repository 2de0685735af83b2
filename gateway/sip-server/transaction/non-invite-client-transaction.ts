import type { ClientEffect, ClientInput } from "./invite-client-transaction.ts";
import type { StateTable } from "./state-table.ts";

/**
 * RFC 3261 17.1.2:
 *
 *   trying ──1xx──► proceeding ──200-699──► completed ──K──► terminated
 *      └───────────200-699───────────────────▲
 */
export type NonInviteClientState = "trying" | "proceeding" | "completed" | "terminated";

export const nonInviteClientTransaction: StateTable<NonInviteClientState, ClientInput, ClientEffect> = {
  trying: {
    "timer E": ["trying", "send request", "restart E"],
    "timer F": ["terminated", "report timeout"],
    "1xx": ["proceeding", "report response"],
    "2xx": ["completed", "stop timers", "report response", "start K"],
    "300-699": ["completed", "stop timers", "report response", "start K"],
    "transport error": ["terminated", "report transport error"],
  },
  proceeding: {
    // RFC 3261 17.1.2.2: once a provisional response came, requests are repeated at T2.
    "timer E": ["proceeding", "send request", "restart E at T2"],
    "timer F": ["terminated", "report timeout"],
    "1xx": ["proceeding", "report response"],
    "2xx": ["completed", "stop timers", "report response", "start K"],
    "300-699": ["completed", "stop timers", "report response", "start K"],
    "transport error": ["terminated", "report transport error"],
  },
  completed: {
    "timer K": ["terminated"],
  },
  terminated: {},
};
