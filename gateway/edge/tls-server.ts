import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";

/** RFC 8446 B.1: the content type of a handshake, the first byte of a TLS connection. */
const handshake = 0x16;

/** PEM: the certificate with its chain, and its private key. */
export interface TlsKeys {
  readonly cert: string;
  readonly key: string;
}

export interface TlsServerOptions extends ServerOptions {
  readonly keys: TlsKeys;
  /** A connection that says nothing is closed after so long: milliseconds. */
  readonly requestTimeout: number;
  /** Serves who speaks TLS. */
  readonly secure: RequestListener;
  /** Serves who speaks plain HTTP on the same port: people type addresses without `https:`. */
  readonly plain: RequestListener;
}

/**
 * One port for HTTPS, and for plain HTTP that is told where to go. Upgrades of both come up as `upgrade` of the server,
 * and its `closeAllConnections` closes all.
 */
export function createTlsServer({ keys, secure, plain, ...options }: TlsServerOptions): Server & TlsServer {
  const server = createHttpsServer({ ...options, ...keys, minVersion: "TLSv1.2" }, secure);
  const beside = createHttpServer(options, plain);
  beside.on("upgrade", (request, socket, head) => void server.emit("upgrade", request, socket, head));
  const undecided = new Set<Socket>();
  const speakTls = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    undecided.add(socket);
    readFirst(socket, options.requestTimeout, (first) => {
      undecided.delete(socket);
      if (first === handshake) for (const listener of speakTls) listener.call(server, socket);
      else if (first !== undefined) void (beside.emit("connection", socket), socket.resume());
    });
  });
  const closeTls = server.closeAllConnections.bind(server);
  return Object.assign(server, {
    closeAllConnections() {
      for (const socket of undecided) socket.destroy();
      beside.closeAllConnections();
      closeTls();
    },
  });
}

export interface TlsServer {
  /** New connections get this certificate; those that are open stay. */
  setSecureContext(keys: TlsKeys): void;
}

/** Looks at the first byte of a connection without taking it; undefined when it ends before. */
function readFirst(socket: Socket, timeout: number, decide: (first: number | undefined) => void): void {
  const done = (first: number | undefined): void => {
    socket.setTimeout(0);
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
    decide(first);
  };
  const listeners = {
    data: (chunk: Buffer) => {
      socket.pause();
      socket.unshift(chunk);
      done(chunk[0]);
    },
    timeout: () => socket.destroy(),
    close: () => done(undefined),
    error: () => socket.destroy(),
  };
  socket.setTimeout(timeout);
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
}
