# syntax=docker/dockerfile:1
# A static program by itself: no shell, no packages, no root.
FROM rust:1.95.0-alpine AS build
# The C library's headers are those of the image's own release.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev python3
WORKDIR /provlint
COPY . .
RUN cargo build --locked --profile dist
RUN mkdir licenses && cp LICENSE-* licenses && .ci/notices >licenses/THIRD-PARTY.txt && \
    cp "$(rustc --print sysroot)/share/doc/rust/COPYRIGHT-library.html" licenses/COPYRIGHT-rust.html

FROM scratch
# Microsoft Graph is trusted by these.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /provlint/licenses /licenses
COPY --from=build /provlint/target/dist/provlint /provlint
# A number, so that Kubernetes sees that it isn't root's.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/provlint"]
CMD ["--help"]
