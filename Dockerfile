# One image for every Airflow service, with the versions that the tests ran with.
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
WORKDIR /build
COPY requirements.lock ./
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY warehouse warehouse
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm

# Folders exist with their owner before volumes are mounted: a new volume takes them over. (Debian has a user `news` already.)
RUN groupadd --gid 10001 ingest \
    && useradd --uid 10001 --gid ingest --create-home --shell /usr/sbin/nologin ingest \
    && install -d -o ingest -g ingest /opt/airflow /opt/airflow/logs /opt/airflow/auth /srv/news
COPY --from=build /opt/venv /opt/venv
COPY dags /opt/airflow/dags

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/airflow/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    INGEST_HOME=/srv/news \
    INGEST_CATALOGUE=/opt/airflow/dags/sources.toml
USER 10001
WORKDIR /opt/airflow
CMD ["airflow", "version"]
