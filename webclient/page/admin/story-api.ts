import type { CallList, CallStory } from "../../../gateway/protocol/call-story.ts";

/** Why there is nothing to show. */
export type Refusal = "signed-out" | "not-allowed" | "unknown-call" | "unreachable";

export type Fetched<T> = { readonly value: T } | { readonly refusal: Refusal };

const byStatus: Readonly<Record<number, Refusal>> = { 401: "signed-out", 403: "not-allowed", 404: "unknown-call" };

export function fetchCalls(before?: string): Promise<Fetched<CallList>> {
  return ask<CallList>(`/api/calls?limit=50${before === undefined ? "" : `&before=${encodeURIComponent(before)}`}`);
}

export function fetchStory(reference: string): Promise<Fetched<CallStory>> {
  return ask<CallStory>(`/api/calls/${encodeURIComponent(reference)}`);
}

/** Where the file for Wireshark is. */
export const pcapAddress = (reference: string): string => `/api/calls/${encodeURIComponent(reference)}/pcap`;

async function ask<T>(path: string): Promise<Fetched<T>> {
  try {
    const response = await fetch(path, { headers: { accept: "application/json" } });
    if (response.ok) return { value: (await response.json()) as T };
    return { refusal: byStatus[response.status] ?? "unreachable" };
  } catch {
    return { refusal: "unreachable" };
  }
}
