import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimPorts, type PortRange } from "./ports.ts";
import { until } from "./until.ts";

const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
const modules = `/usr/lib/${machine}-linux-gnu/kamailio/modules`;

/** True when Kamailio and its TLS module are installed. */
export const kamailioInstalled = (): boolean => existsSync("/usr/sbin/kamailio") && existsSync(`${modules}/tls.so`);

export interface KamailioOptions {
  /** Files for TLS; without them it has none. */
  readonly tls?: {
    /** With certificate and key. */
    readonly certificate: string;
    /** Who must have signed the certificates of those whom it connects to, and of those who connect. */
    readonly ca: string;
  };
  /** Where calls to users are sent that it knows, by user part: what a registrar would know. */
  readonly locations?: Readonly<Record<string, string>>;
}

/** Kamailio as a proxy that writes itself into the route and sends each request where its URI says. UDP, TCP, perhaps TLS. */
export class Kamailio {
  readonly udp: number;
  readonly tls: number;
  readonly #dir: string;
  readonly #ports: PortRange;
  readonly #process: ChildProcess;

  private constructor(dir: string, ports: PortRange, udp: number, tls: number, child: ChildProcess) {
    this.#dir = dir;
    this.#ports = ports;
    this.#process = child;
    this.udp = udp;
    this.tls = tls;
  }

  static async start(options: KamailioOptions): Promise<Kamailio> {
    const ports = await claimPorts();
    const [udp, tls] = [ports.take(), ports.take()];
    const dir = mkdtempSync(join(tmpdir(), "kamailio-"));
    writeFileSync(join(dir, "kamailio.cfg"), configOf(options, udp, tls));
    const log = openSync(join(dir, "log"), "a");
    const args = ["-DD", "-E", "-m", "32", "-M", "4", "-Y", dir, "-f", join(dir, "kamailio.cfg")];
    const child = spawn("/usr/sbin/kamailio", args, { stdio: ["ignore", log, log] });
    closeSync(log);
    const kamailio = new Kamailio(dir, ports, udp, tls, child);
    try {
      await until("Kamailio listens", () => listens(options.tls ? tls : udp), 15_000);
    } catch (fault) {
      const said = kamailio.log();
      await kamailio.stop();
      throw new Error(`Kamailio did not start: ${said.slice(-2000)}`, { cause: fault });
    }
    return kamailio;
  }

  log(): string {
    return readFileSync(join(this.#dir, "log"), "utf8");
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    const gone = () => (this.#process.exitCode ?? this.#process.signalCode) !== null;
    await until("Kamailio's end", gone, 8_000).catch(() => this.#process.kill("SIGKILL"));
    await this.#ports.release();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

const tlsPart = ({ certificate, ca }: NonNullable<KamailioOptions["tls"]>, port: number): string => `
listen=tls:127.0.0.1:${port}
enable_tls=yes
loadmodule "tls.so"
modparam("tls", "private_key", "${certificate}")
modparam("tls", "certificate", "${certificate}")
modparam("tls", "ca_list", "${ca}")
modparam("tls", "verify_certificate", 1)
modparam("tls", "require_certificate", 1)
modparam("tls", "tls_method", "TLSv1.2+")
`;

function configOf(options: KamailioOptions, udp: number, tls: number): string {
  const locations = Object.entries(options.locations ?? {})
    .map(([user, uri]) => `  if ($rU == "${user}") $ru = "${uri}";`)
    .join("\n");
  return `#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=1
tcp_children=2
socket_workers=1
tcp_accept_aliases=yes
auto_aliases=no
listen=udp:127.0.0.1:${udp}
listen=tcp:127.0.0.1:${udp}
dns=no
rev_dns=no
mpath="${modules}/"
${options.tls ? tlsPart(options.tls, tls) : ""}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
modparam("rr", "enable_double_rr", 1)

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK") && t_check_trans()) { t_relay(); exit; }
    sl_send_reply("404", "Not Here");
    exit;
  }
  t_check_trans();
  loose_route();
  if (is_method("INVITE")) record_route();
${locations}
  t_relay();
}
`;
}
