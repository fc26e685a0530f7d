# The API, without TensorFlow: docker build --tag trainyard-api .
# Any Linux with glibc, npm and the Node of package.json will do as a base; give a digest (…@sha256:…) to pin it to the byte.
ARG BASE=node:24.21.0-bookworm-slim

FROM ${BASE} AS manifests
COPY . /source
RUN cd /source && find . -name package.json -o -name package-lock.json -o -name .npmrc | tar -c -T - | (mkdir /manifests && tar -x -C /manifests)

FROM ${BASE} AS packages
WORKDIR /app
COPY --from=manifests /manifests .
# certificate authorities of your network, where it needs some: docker build --secret id=ca,src=ca.pem
RUN --mount=type=secret,id=ca \
    node -e 'const { node } = require("./package.json").devDependencies; if (process.versions.node !== node) throw `The base image has Node ${process.versions.node}; take one with ${node}`' \
    && export NODE_EXTRA_CA_CERTS="$(ls /run/secrets/ca 2>/dev/null)" \
    && npm ci --omit=dev --workspace @trainyard/api \
    && find node_modules \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -type f -delete \
    && rm -rf /root/.npm

FROM ${BASE} AS dashboard
WORKDIR /app
COPY --from=manifests /manifests .
RUN --mount=type=secret,id=ca \
    export NODE_EXTRA_CA_CERTS="$(ls /run/secrets/ca 2>/dev/null)" \
    && npm ci --workspace @trainyard/dashboard
COPY libs/contracts libs/contracts
COPY libs/planning libs/planning
COPY libs/schema-fields libs/schema-fields
COPY libs/client libs/client
COPY libs/inference libs/inference
COPY apps/dashboard apps/dashboard
RUN node node_modules/vite/bin/vite.js build apps/dashboard

FROM ${BASE} AS init
RUN apt-get update && apt-get install -y --no-install-recommends tini

FROM ${BASE}
RUN mkdir -p /data /run/trainyard/redis /run/trainyard/api && chown -R 10001:10001 /data /run/trainyard
COPY --from=init /usr/bin/tini-static /usr/local/bin/tini
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY tools/compose tools/compose
COPY libs/contracts libs/contracts
COPY libs/planning libs/planning
COPY libs/pytorch libs/pytorch
COPY libs/files libs/files
COPY libs/random libs/random
COPY libs/jobs libs/jobs
COPY libs/artifacts libs/artifacts
COPY apps/api apps/api
COPY --from=dashboard /app/apps/dashboard/dist apps/dashboard/dist
ENV NODE_ENV=production TRAINYARD_HOST=0.0.0.0 TRAINYARD_DATA=/data
USER 10001:10001
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TRAINYARD_PORT ?? 8787}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "apps/api/src/server.ts"]
