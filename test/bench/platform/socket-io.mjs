// Socket.IO with rooms, over WebSocket alone; with a Redis, as one of several nodes. Prints its port.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const [redis] = process.argv.slice(2);
const adapter = redis && createAdapter(new Redis(redis), new Redis(redis));
const http = createServer();
const server = new Server(http, { transports: ["websocket"], ...(adapter && { adapter }) });
server.on("connection", (socket) => {
  socket.on("echo", (value, answer) => answer(value));
  socket.on("enter", (room, answer) => {
    socket.join(room);
    answer();
  });
  socket.on("tell", (room, value, answer) => {
    server.to(room).emit("told", value);
    answer();
  });
});
http.listen(0, "127.0.0.1", () => process.stdout.write(`listening ${http.address().port}\n`));
