import type { StateTable } from "./state-table.ts";

/**
 * RFC 3261 17.1.1 with the Accepted state of RFC 6026 7.2:
 *
 *   calling ──1xx──► proceeding ──2xx──► accepted ──M──► terminated
 *      │ └────2xx────────┼─────────────────▲                 ▲
 *      └──300-699────────┴──► completed ─────────D───────────┘
 */
export type InviteClientState = "calling" | "proceeding" | "completed" | "accepted" | "terminated";

export type ClientInput =
  | "1xx"
  | "2xx"
  | "300-699"
  | "timer A"
  | "timer B"
  | "timer D"
  | "timer E"
  | "timer F"
  | "timer K"
  | "timer M"
  | "transport error";

export type ClientEffect =
  | "send request"
  | "send ACK"
  | "report response"
  | "report timeout"
  | "report transport error"
  | "restart A"
  | "restart E"
  | "restart E at T2"
  | "stop timers"
  | "start D"
  | "start K"
  | "start M";

export const inviteClientTransaction: StateTable<InviteClientState, ClientInput, ClientEffect> = {
  calling: {
    "timer A": ["calling", "send request", "restart A"],
    "timer B": ["terminated", "report timeout"],
    "1xx": ["proceeding", "stop timers", "report response"],
    "2xx": ["accepted", "stop timers", "start M", "report response"],
    "300-699": ["completed", "stop timers", "send ACK", "report response", "start D"],
    "transport error": ["terminated", "report transport error"],
  },
  proceeding: {
    "1xx": ["proceeding", "report response"],
    "2xx": ["accepted", "start M", "report response"],
    "300-699": ["completed", "send ACK", "report response", "start D"],
    "transport error": ["terminated", "report transport error"],
  },
  completed: {
    "300-699": ["completed", "send ACK"],
    "timer D": ["terminated"],
    "transport error": ["terminated"],
  },
  accepted: {
    "2xx": ["accepted", "report response"],
    "timer M": ["terminated"],
  },
  terminated: {},
};
