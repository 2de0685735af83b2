import type { HttpRoutes } from "./http-routes.ts";

/** Declines calls by the link that a push message carried. */
export interface PushDesk {
  decline(token: string): void;
}

const tokenForm = /^[\w-]{32}$/;

/**
 * `POST /push/decline/TOKEN`: from a service worker whose user declined on the notification. Whoever has the link may
 * use it, and nobody learns whether it was one.
 */
export function pushRoutes(desk: PushDesk): HttpRoutes {
  return (app) => {
    app.post("/push/decline/:token", async (request, reply) => {
      const { token } = request.params as { token: string };
      if (tokenForm.test(token)) desk.decline(token);
      return reply.code(204).header("cache-control", "no-store").send();
    });
  };
}
