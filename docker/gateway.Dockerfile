# The gateway with its SIP server; media comes from the rtpengine container.
FROM node:22-bookworm-slim AS build
WORKDIR /offhook
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY webclient/package.json webclient/
RUN npm ci
COPY gateway gateway
COPY webclient webclient
COPY LICENSE ./
COPY docs/errors.md docs/
RUN npm run build

FROM node:22-bookworm-slim
WORKDIR /offhook
ENV NODE_ENV=production
COPY package.json package-lock.json ./
COPY webclient/package.json webclient/
RUN npm ci --omit=dev
COPY --from=build /offhook/dist dist
COPY sip-profiles sip-profiles
COPY docs/openapi.json docs/asyncapi.json docs/
# pid, port and secret files: kept in a volume, so that softphones keep their passwords.
ENV GATEWAY_STATE_DIR=/var/lib/offhook
RUN mkdir -p /var/lib/offhook && chown node:node /var/lib/offhook
VOLUME /var/lib/offhook
USER node
HEALTHCHECK --interval=10s CMD ["node", "-e", "fetch('http://localhost:' + (process.env.GATEWAY_HTTP_PORT ?? 8080) + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/gateway/main.js"]
