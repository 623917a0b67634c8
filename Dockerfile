# One image per service: docker build --target ingest|worker|query|migrator .
# The workers are one image; the environment says which role a container has.

FROM node:22-slim AS page
WORKDIR /source
COPY Dashboard/package.json Dashboard/package-lock.json Dashboard/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY Dashboard .
RUN npm run --silent build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sources
WORKDIR /source
COPY . .
# What restoring reads stands apart from what compiling reads, and neither has the page in it: a later stage that copies
# from here runs again only where what it copies has changed.
RUN rm -r Dashboard && mkdir /projects && cp --parents global.json Directory.* *.sln *.slnf */*.csproj /projects

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS restored
WORKDIR /source
COPY --from=sources /projects .
# The packages are in the layer, so that it is whole wherever it comes from; the mount only spares downloading them again.
RUN --mount=type=cache,target=/root/.local/share/NuGet/http-cache dotnet restore Services.slnf

FROM restored AS build
COPY --from=sources /source .
# Analyzers have their say where the tests run.
RUN dotnet publish Services.slnf -c Release --no-restore -p:RunAnalyzers=false

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
# There is no curl in the image; bash can do it. What it prints, docker inspect shows: which dependency does not answer.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && answer=$(cat <&3) && echo \"$answer\" && [[ $answer == HTTP/1.?' 200 '* ]]"]

FROM service AS ingest
ENV Spool__Directory=/data/spool
COPY --from=build /source/artifacts/publish/Ingest.Api/release .
ENTRYPOINT ["dotnet", "Ingest.Api.dll"]

FROM service AS worker
COPY --from=build /source/artifacts/publish/Analytics.Worker/release .
ENTRYPOINT ["dotnet", "Analytics.Worker.dll"]

FROM service AS query
ENV Access__SessionKeysDirectory=/data/session-keys
COPY --from=build /source/artifacts/publish/Query.Api/release .
COPY --from=page /source/dist dashboard
ENTRYPOINT ["dotnet", "Query.Api.dll"]

FROM service AS migrator
HEALTHCHECK NONE
COPY --from=build /source/artifacts/publish/Migrator/release .
ENTRYPOINT ["dotnet", "Migrator.dll"]
