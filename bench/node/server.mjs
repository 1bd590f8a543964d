// The peer: the official Socket.IO server as it is shipped, and nothing behind it: no sign-in, no checks, no database.
// Options are the library's own defaults. What a sender sends is what everybody in the room gets.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((request, response) => response.end("ok"));
const io = new Server(http);

io.on("connection", (socket) => {
  socket.on("join_room", ({ room }, ack) => {
    socket.join(room);
    ack({ ok: true });
  });
  socket.on("send_message", (message, ack) => {
    io.to(message.room).emit("message", message);
    ack({ ok: true });
  });
});

http.listen(Number(process.env.PORT), "127.0.0.1");
