# One image for every role: api, worker, migrate, sandbox. PostgreSQL and Redis run elsewhere (docker-compose.yml).
FROM node:24.22.3-slim AS build
WORKDIR /casement
# Install scripts are for what an image never starts, the embedded PostgreSQL.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY src src
COPY migrations migrations
# The image has its own Node.js, so the one from npm stays behind.
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund && \
  rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24.22.3-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /casement
COPY package.json LICENSE ./
COPY bin bin
COPY examples examples
COPY --from=build /casement/node_modules node_modules
COPY --from=build /casement/dist dist
# For the sandbox's state only; with DATABASE_URL and Meta nothing is written.
RUN mkdir .casement && chown node:node .casement
USER node
EXPOSE 8080
# What Node.js keeps for what is short-lived: on a large machine it takes 128 MiB otherwise, and gains nothing by it here.
ENTRYPOINT ["node", "--max-semi-space-size=16", "bin/casement.js"]
CMD ["api"]
