# Footfall in two stages: build with the Swift toolchain, run with next to nothing.
#
#     docker build -t footfall .          docker-compose.yml does it for you

FROM swift:6.3-bookworm AS build
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends libmaxminddb-dev libsqlite3-dev zlib1g-dev pkg-config esbuild \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /footfall
COPY . .
RUN swift build -c release --product footfall --static-swift-stdlib \
    && strip .build/release/footfall
# The licences of what the binary contains, and the notices that they ask for, go where it goes.
RUN mkdir /licences && cp LICENSE /licences/footfall \
    && for folder in .build/checkouts/*/; do \
        find "$folder" -maxdepth 1 -name 'LICENSE*' -exec cat {} + -o -name 'NOTICE*' -exec cat {} + \
            > "/licences/$(basename "$folder")"; \
    done

FROM debian:bookworm-slim AS run
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends \
        libmaxminddb0 libsqlite3-0 sqlite3 zlib1g libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 footfall \
    && useradd --system --uid 10001 --gid footfall --home-dir /data --no-create-home \
        --shell /usr/sbin/nologin footfall \
    && install -d -m 0700 -o footfall -g footfall /data /data/secret
COPY --from=build /footfall/.build/release/footfall /usr/local/bin/footfall
COPY --from=build /licences /usr/share/doc/footfall/licences
COPY deploy/compose/aggregate-hourly.sh /usr/local/bin/aggregate-hourly
COPY deploy/compose/collector-healthy.sh /usr/local/bin/collector-healthy
# Swift's crash report prints registers and the memory they point to, where a visitor's address may
# stand: it stays off.
ENV SWIFT_BACKTRACE=enable=no \
    FOOTFALL_DATA=/data \
    FOOTFALL_HOST=0.0.0.0 \
    FOOTFALL_PORT=8080
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["collector-healthy"]
ENTRYPOINT ["footfall"]
CMD ["serve"]
