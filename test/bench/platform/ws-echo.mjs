// What WebSocket itself costs: sends back what comes. Prints its port.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
server.on("listening", () => process.stdout.write(`listening ${server.address().port}\n`));
