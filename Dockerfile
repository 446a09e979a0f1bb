FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# Texts are read aloud by the one, and calls can be in the other.
RUN apt-get update && apt-get install -y --no-install-recommends espeak-ng libopus0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY pyproject.toml requirements-dev.lock README.md LICENSE ./
COPY emulator ./emulator
# The lock serves as constraints: the image runs the versions that were tested.
RUN pip install --constraint requirements-dev.lock ".[postgres]" \
    && rm -rf /src \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin emulator \
    && install -d -o emulator -g emulator /data

USER emulator
WORKDIR /data
VOLUME /data
EXPOSE 8000 8043

HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/_emulator/health', timeout=2)"]

ENTRYPOINT ["emulator"]
CMD ["serve", "--host", "0.0.0.0", "--data", "/data"]
