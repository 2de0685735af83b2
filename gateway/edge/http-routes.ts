import type { FastifyInstance } from "fastify";

/** Adds the routes of one concern. */
export type HttpRoutes = (app: FastifyInstance) => void;
