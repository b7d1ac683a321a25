# syntax=docker/dockerfile:1

# The two stages are the same Debian release, so the binary finds the C library and the libpq it was linked with.
FROM rust:1.95-bookworm AS builder
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY crates crates
COPY migrations migrations
COPY data data
COPY assets assets
COPY templates templates
COPY src src
RUN cargo build --release --locked --bin so-nhan-ai

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/so-nhan-ai --shell /usr/sbin/nologin so-nhan-ai \
    && install -d -o so-nhan-ai -g so-nhan-ai -m 700 /var/lib/so-nhan-ai /var/lib/so-nhan-ai/keys
COPY --from=builder /build/target/release/so-nhan-ai /usr/local/bin/so-nhan-ai
COPY LICENSE /usr/share/doc/so-nhan-ai/LICENSE
USER so-nhan-ai
WORKDIR /var/lib/so-nhan-ai
# No PostgreSQL server in this image: it needs DATABASE_URL. Inside a container "every address" is the container's own.
ENV SNA_LISTEN=0.0.0.0:8080 \
    SNA_DATA_DIR=/var/lib/so-nhan-ai \
    SNA_KEYS_DIR=/var/lib/so-nhan-ai/keys
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD curl -fsS -o /dev/null http://127.0.0.1:8080/readyz || exit 1
STOPSIGNAL SIGTERM
ENTRYPOINT ["so-nhan-ai"]
CMD ["serve"]
