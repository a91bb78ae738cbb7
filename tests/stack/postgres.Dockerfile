# Stands in for postgres:16-bookworm where no image can be pulled: Debian's PostgreSQL, and an entrypoint with the same variables.
FROM python:3.11-slim-bookworm
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql-15 \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/lib/postgresql/15/bin/* /usr/local/bin/ \
    && install -d -o postgres -g postgres /var/lib/postgresql/data /var/run/postgresql
COPY postgres.sh /usr/local/bin/
ENTRYPOINT ["sh", "/usr/local/bin/postgres.sh"]
CMD ["postgres"]
