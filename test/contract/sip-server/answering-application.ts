import { Application } from "./application.ts";
import type { Server } from "./suppliers.ts";

/** An application that answers at once: calls of `alice` with 200, those of others with 486, all else with 200. */
export async function openAnswering(server: Server, ...verbs: string[]): Promise<Application> {
  const app = await Application.open(server, ...verbs);
  app.onRequest((request) => {
    const invite = request.line.startsWith("INVITE");
    const busy = invite && !/^From: .*alice/im.test(request.text);
    if (!request.line.startsWith("ACK")) app.reply(request, busy ? 486 : 200);
  });
  return app;
}
