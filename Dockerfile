# The tool with a JDK to rehearse on, for a CI that runs its jobs in containers:
#   docker build -t crac-preflight .
#   docker run --rm -v "$PWD:/work" crac-preflight check --ready port=8080 -- java -jar target/orders.jar
# To see what goes past libc as well, allow it eBPF: --cap-add BPF --cap-add PERFMON
ARG NODE=node:22-bookworm-slim
FROM ${NODE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends openjdk-17-jdk-headless \
  && rm -rf /var/lib/apt/lists/*
ARG PACKAGE=crac-preflight@latest
RUN npm install --global --ignore-scripts --omit=dev --omit=optional "${PACKAGE}" && npm cache clean --force
WORKDIR /work
ENTRYPOINT ["crac-preflight"]
CMD ["--help"]
