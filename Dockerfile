# syntax=docker/dockerfile:1
# A static program by itself: no shell, no packages, no root.
FROM rust:1.95-alpine AS build
# The C library's headers are those of the image's own release.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /provlint
COPY . .
RUN cargo build --locked --profile dist

FROM scratch
# Microsoft Graph is trusted by these.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /provlint/target/dist/provlint /provlint
# A number, so that Kubernetes sees that it isn't root's.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/provlint"]
CMD ["--help"]
