import { Metrics } from "../../base/metrics.ts";
import { countTraffic, type Traffic } from "./traffic-metrics.ts";
import type { BusyWatch } from "./busy-watch.ts";
import type { Drain } from "./drain.ts";
import type { HepExport } from "./hep-export.ts";
import type { MessageTrace } from "./message-trace.ts";
import { type Protocol, protocols } from "../transport/flow.ts";

export interface Counted extends Traffic {
  readonly busy: BusyWatch;
  readonly drain: Drain;
  readonly trace: MessageTrace;
  readonly hep: HepExport | undefined;
  dialogs(): number;
  registrations(): number;
  timers(): number;
  applications(): number;
  /** Milliseconds that applications lag behind. */
  lagMs(): number;
}

const connectionsOf: Partial<Record<Protocol, string>> = {
  tcp: "Open SIP TCP connections",
  tls: "Open SIP TLS connections",
  ws: "Open SIP WebSockets",
  wss: "Open SIP WebSockets with TLS",
};

/** The server's numbers; docs/sip-server.md says what each means. */
export function serverMetrics(counted: Counted): Metrics {
  const metrics = new Metrics();
  const { transport, transactions, busy, drain, trace, hep } = counted;
  metrics.gauge("offhook_sip_transactions", "Live SIP transactions", () => transactions.size);
  metrics.gauge("offhook_sip_unanswered_invites", "New INVITEs without a final answer", () => transactions.unanswered);
  metrics.gauge("offhook_sip_dialogs", "Live dialogs", () => counted.dialogs());
  metrics.gauge("offhook_sip_registered_flows", "Clients known by connection", () => counted.registrations());
  metrics.gauge("offhook_sip_timers", "Pending timers", () => counted.timers());
  for (const protocol of Object.keys(protocols) as Protocol[]) {
    const help = connectionsOf[protocol];
    if (help) metrics.gauge(`offhook_sip_connections_${protocol}`, help, () => transport.connections(protocol));
  }
  const accepted = "Open connections that peers made, those in a handshake included";
  metrics.gauge("offhook_sip_connections_accepted", accepted, () => transport.accepted);
  metrics.gauge("offhook_sip_control_links", "Connected applications", () => counted.applications());
  metrics.gauge("offhook_sip_busy_ratio", "Share of time without a pause since the last scrape", () =>
    busy.utilization(),
  );
  metrics.gauge("offhook_sip_application_lag_seconds", "How far applications lag behind", () => counted.lagMs() / 1000);
  metrics.gauge("offhook_sip_draining", "1 while nothing new is taken", () => Number(drain.active));
  metrics.gauge("offhook_sip_trace_filters", "Filters of messages that are shown", () => trace.filters.length);
  countTraffic(metrics, counted);
  const copies = metrics.counter("offhook_sip_hep_messages_total", "Messages copied to the HEP collector", ["result"]);
  hep?.events.on("copied", (result) => copies.add({ result }));
  return metrics;
}
