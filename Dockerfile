# One image for every part: the verb says which. Nothing is downloaded when it runs.
FROM node:24-bookworm-slim
WORKDIR /keyledger
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
COPY prisma ./prisma
COPY graphql ./graphql
COPY libs ./libs
COPY apps ./apps
COPY module-emulator ./module-emulator
COPY test/data ./test/data
COPY tsconfig.json ./
# Installs the locked packages, generates the Prisma clients, builds the dashboard.
RUN node scripts/ready.mjs --version && mkdir /data && chown node:node /data
USER node
ENV KEYLEDGER_DATA=/data HOST=0.0.0.0 KEYLEDGER_LOG=json
VOLUME /data
EXPOSE 4400
ENTRYPOINT ["node", "scripts/ready.mjs", "--import", "./scripts/ts.mjs", "apps/keyledger/src/main.ts"]
CMD ["start"]
