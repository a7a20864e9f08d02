# The application in one image: the server, the worker and the migrations are all `thenchot …`.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
WORKDIR /srv/then-chot
RUN python -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY app app
COPY migrations migrations
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && .venv/bin/python -m compileall -q app migrations


FROM python:3.11-slim-bookworm

LABEL org.opencontainers.image.title="Then Chốt" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 thenchot \
    && useradd --system --uid 10001 --gid thenchot --home-dir /srv/then-chot --shell /usr/sbin/nologin thenchot \
    && install --directory --owner=thenchot --group=thenchot --mode=0700 /var/lib/then-chot
WORKDIR /srv/then-chot
# The code belongs to root: the process that serves it cannot change it.
COPY --from=build /srv/then-chot ./
ENV PATH=/srv/then-chot/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    THENCHOT_DATA_DIR=/var/lib/then-chot \
    THENCHOT_HOST=0.0.0.0 \
    THENCHOT_PORT=8000
USER 10001:10001
VOLUME /var/lib/then-chot
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['THENCHOT_PORT'] + '/healthz', timeout=4)"]
CMD ["thenchot", "serve"]
