# difang 地方: one image for every service of docker-compose.yml. docs/operations.md says how to build and run it.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/difang
WORKDIR /src
# The pinned dependencies first: they change seldom, and a change of the code must not install them again.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY tools/print_requirements.py tools/
RUN python tools/print_requirements.py cluster objectstore > /tmp/requirements.txt \
 && /opt/difang/bin/pip install --quiet --constraint constraints.txt --requirement /tmp/requirements.txt
COPY records records
COPY crawlers crawlers
COPY transforms transforms
COPY warehouse warehouse
COPY pipeline pipeline
COPY dags dags
COPY seeds seeds
# Bytecode halves the time to import Airflow, and a container that runs as another user could not write it.
RUN /opt/difang/bin/pip install --quiet --no-deps . \
 && { /opt/difang/bin/python -m compileall -q -j 0 /opt/difang/lib || true; } \
 && ln -s "$(/opt/difang/bin/python -c 'import importlib.util as u; print(u.find_spec("dags").submodule_search_locations[0])')" /opt/difang/dags

FROM python:${PYTHON}
RUN useradd --uid 50000 --gid 0 --create-home --home-dir /var/lib/difang --shell /usr/sbin/nologin difang \
 && mkdir -p /var/lib/airflow \
 && chown difang:0 /var/lib/airflow \
 && chmod 0770 /var/lib/airflow /var/lib/difang
COPY --from=build /opt/difang /opt/difang
ENV PATH=/opt/difang/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DIFANG_HOME=/var/lib/difang \
    AIRFLOW_HOME=/var/lib/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/difang/dags
USER 50000:0
WORKDIR /var/lib/difang
CMD ["difang", "--help"]
