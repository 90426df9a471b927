# syntax=docker/dockerfile:1
# The image holds one static binary and an empty folder for the store. `make image`
# makes the same without a container engine.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.release=${VERSION}" -o /out/accord ./cmd/accord \
    && mkdir /out/data

FROM scratch
COPY --from=build /out/accord /accord
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
# The first start makes the token of the admin API, which commands in the container find.
ENV ACCORD_LISTEN=0.0.0.0:8016 ACCORD_ADMIN_LISTEN=0.0.0.0:8017 ACCORD_STORE=sqlite:/data/accord.db ACCORD_ADMIN_TOKEN_FILE=/data/admin-token ACCORD_INIT=/etc/localstack/init/ready.d
EXPOSE 8016 8017
HEALTHCHECK --interval=5s --timeout=5s CMD ["/accord", "wait", "--timeout", "2s"]
ENTRYPOINT ["/accord"]
CMD ["serve"]
