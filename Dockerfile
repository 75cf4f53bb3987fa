# Kernels are compiled when the image is built, for the processor it is built on; on another one the first run compiles its own.
FROM python:3.12-slim-bookworm
COPY pyproject.toml README.md LICENSE /src/
COPY corpus_tools /src/corpus_tools
RUN pip install --no-cache-dir "/src[s3,gs,az,hf]" \
    && rm -rf /src \
    && useradd --create-home --uid 10001 corpus \
    && install -d -o corpus /data
USER 10001
WORKDIR /data
RUN corpus-tools warm-up
ENTRYPOINT ["corpus-tools"]
CMD ["--help"]
