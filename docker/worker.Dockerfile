# A Millrace worker with the examples in it: docker build -f docker/worker.Dockerfile -t millrace/worker .
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY src src
COPY examples/4-word-count examples/4-word-count
USER node
ENTRYPOINT ["node", "src/cli/main.ts"]
CMD ["run", "examples/4-word-count/topology.ts"]
