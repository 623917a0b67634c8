# One image per service: docker build --target ingest|worker|query|migrator .
# The workers are one image; the environment says which role a container has.

FROM node:22-slim AS page
WORKDIR /source
COPY Dashboard/package.json Dashboard/package-lock.json Dashboard/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY Dashboard .
RUN npm run --silent build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    for project in Ingest.Api Analytics.Worker Query.Api Migrator; do \
      dotnet publish "$project" -c Release -o "/published/$project" || exit 1; \
    done

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS service
WORKDIR /app
# What a service keeps: a volume mounted here takes over the owner.
RUN mkdir /data && chown "$APP_UID" /data
USER $APP_UID
ENV ASPNETCORE_HTTP_PORTS="" \
    ASPNETCORE_URLS=http://+:8080 \
    ASPNETCORE_ENVIRONMENT=Production \
    DOTNET_ENVIRONMENT=Production \
    Logs__Format=json
# One pool of native memory: one for each thread keeps what the compiler and the sockets have used once.
ENV MALLOC_ARENA_MAX=1
EXPOSE 8080
# There is no curl in the image; bash can do it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]

FROM service AS ingest
ENV Spool__Directory=/data/spool
COPY --from=build /published/Ingest.Api .
ENTRYPOINT ["dotnet", "Ingest.Api.dll"]

FROM service AS worker
COPY --from=build /published/Analytics.Worker .
ENTRYPOINT ["dotnet", "Analytics.Worker.dll"]

FROM service AS query
ENV Access__SessionKeysDirectory=/data/session-keys
COPY --from=build /published/Query.Api .
COPY --from=page /source/dist dashboard
ENTRYPOINT ["dotnet", "Query.Api.dll"]

FROM service AS migrator
HEALTHCHECK NONE
COPY --from=build /published/Migrator .
ENTRYPOINT ["dotnet", "Migrator.dll"]
