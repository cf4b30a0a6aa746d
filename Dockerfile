# docker build -t higgs-logscan .
# docker run --rm -v "$PWD:/logs:ro" higgs-logscan train.log

FROM python:3.11-slim AS build
# The compiler of the optional kernel; it stays behind in this stage, so its version may float.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml setup.py README.md LICENSE ./
COPY higgs_logscan/ higgs_logscan/
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .
RUN python -m venv /opt/higgs-logscan && /opt/higgs-logscan/bin/pip install --no-cache-dir /wheels/*.whl
# Without the kernel it would install and be slow: that must not go unseen. -I: what was installed, not /source.
RUN /opt/higgs-logscan/bin/python -I -c "import higgs_logscan._scanner"

FROM python:3.11-slim
COPY --from=build /opt/higgs-logscan /opt/higgs-logscan
ENV PATH="/opt/higgs-logscan/bin:$PATH"
# nobody, as a number: Kubernetes can see that it is not root.
USER 65534:65534
WORKDIR /logs
ENTRYPOINT ["higgs-logscan"]
CMD ["--help"]
