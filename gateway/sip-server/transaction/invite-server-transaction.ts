import type { StateTable } from "./state-table.ts";

/**
 * RFC 3261 17.2.1 with the Accepted state of RFC 6026 7.1:
 *
 *   proceeding ──300-699──► completed ──ACK──► confirmed ──I──► terminated
 *       └────────2xx──────► accepted ──────────────L───────────────▲
 */
export type InviteServerState = "proceeding" | "completed" | "confirmed" | "accepted" | "terminated";

export type ServerInput =
  | "request"
  | "ACK"
  | "send 1xx"
  | "send 2xx"
  | "send 300-699"
  | "timer G"
  | "timer H"
  | "timer I"
  | "timer J"
  | "timer L"
  | "transport error";

export type ServerEffect =
  | "send response"
  | "repeat response"
  | "restart G"
  | "stop timers"
  | "start H"
  | "start I"
  | "start J"
  | "start L"
  | "report missing ACK"
  | "report transport error";

export const inviteServerTransaction: StateTable<InviteServerState, ServerInput, ServerEffect> = {
  proceeding: {
    request: ["proceeding", "repeat response"],
    "send 1xx": ["proceeding", "send response"],
    "send 2xx": ["accepted", "send response", "start L"],
    "send 300-699": ["completed", "send response", "restart G", "start H"],
    "transport error": ["terminated", "report transport error"],
  },
  completed: {
    request: ["completed", "repeat response"],
    "timer G": ["completed", "repeat response", "restart G"],
    "timer H": ["terminated", "report missing ACK"],
    ACK: ["confirmed", "stop timers", "start I"],
    "transport error": ["terminated"],
  },
  confirmed: {
    "timer I": ["terminated"],
  },
  // RFC 6026 7.1: repeated INVITEs are absorbed; the core repeats its 2xx and sees the ACK.
  accepted: {
    "send 2xx": ["accepted", "send response"],
    "timer L": ["terminated"],
    "transport error": ["accepted", "report transport error"],
  },
  terminated: {},
};
