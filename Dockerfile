# The service as an image: pages and packages are fetched in stages of their own, and what runs holds no package manager,
# no compiler and no tests, belongs to root, is never written to, and runs as a user without rights.

FROM node:22-bookworm-slim AS pages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
# The files that pages, watermarks and papers use, of ninety megabytes and more.
WORKDIR /pages/node_modules
RUN cd /build/node_modules && cp --parents \
    weui/dist/style/weui.min.css \
    htmx.org/dist/htmx.min.js \
    idb/build/index.js \
    konva/konva.min.js \
    tus-js-client/dist/tus.min.js \
    leaflet/dist/leaflet.js \
    leaflet/dist/leaflet.css \
    echarts/dist/echarts.common.min.js \
    @expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf \
    @expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf \
    /pages/node_modules/

FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.lock ./
RUN .venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY checks checks
COPY core core
COPY h5 h5
COPY notices notices
COPY webhooks webhooks
COPY wecom wecom
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && .venv/bin/python -m compileall -q bot checks core h5 notices webhooks wecom \
    && .venv/bin/pip uninstall --yes --quiet setuptools pip
COPY --from=pages /pages/node_modules node_modules

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin zhian \
    && install --directory --owner zhian --group zhian --mode 0700 /data
COPY --from=packages /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ZHIAN_HOST=0.0.0.0 \
    ZHIAN_PORT=8080 \
    ZHIAN_DATABASE_URL=sqlite:///data/zhian.sqlite3 \
    ZHIAN_MEDIA_URL=/data/media \
    ZHIAN_DOMAIN_FOLDER=/data/domain
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['ZHIAN_PORT'] + '/healthz', timeout=2)"]
ENTRYPOINT ["zhian"]
CMD ["serve"]
