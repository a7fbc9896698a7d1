# svgen with all that it needs, the demo model included.
#
#   docker build -t svgen .
#   docker run --rm -v "$PWD:/work" -u "$(id -u):$(id -g)" svgen generate "a red circle moves right"
#   docker run --rm --gpus all -v "$PWD:/work" -v svgen-cache:/cache svgen generate "a panda plays guitar" --model THUDM/CogVideoX-2b
#
# As a service, on a CPU or a GPU (docs/serve.md, deploy/compose.yaml):
#
#   docker build -t svgen:serve --target serve .

FROM eclipse-temurin:25-jdk-noble AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils unzip xz-utils zip \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN ./mvnw -B -q -Pbundle -DskipTests -pl cli -am package \
 && mkdir /opt/svgen \
 && tar -C /opt/svgen --strip-components=1 -xf cli/target/svgen-*-linux-x86_64.tar.xz

FROM debian:trixie-slim AS command
COPY --from=build /opt/svgen /opt/svgen
RUN ln -s /opt/svgen/bin/svgen /usr/local/bin/svgen \
 && mkdir -m 1777 /work /cache \
 && install -d -o 1000 -g 1000 /data /blobs
# Prompts in any language; models and what libraries unpack in a volume; what an NVIDIA runtime shall bring.
ENV LANG=C.UTF-8 HF_HOME=/cache/huggingface XDG_CACHE_HOME=/cache NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /work
USER 1000:1000
ENTRYPOINT ["svgen"]
CMD ["--help"]

# The service. Jobs, videos and checkpoints lie in /data; keys are expected in /etc/svgen/keys.
FROM command AS serve
WORKDIR /data
VOLUME ["/data", "/cache"]
EXPOSE 8000
COPY deploy/healthcheck /usr/local/bin/svgen-healthcheck
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["svgen-healthcheck", "8000"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--data", "/data", "--api-key-file", "/etc/svgen/keys"]

# What `docker build` makes if nobody names a target: the last stage.
FROM command
