# docker build -t ufm . && docker run --rm -v "$PWD/report:/ufm/build/report" ufm
# judges every claim, with Coq's kernel too, and writes the page into report/.
FROM python:3.11-slim-bookworm
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        coq libcoq-coquelicot libcoq-interval libcoq-mathcomp-algebra libcoq-mathcomp-analysis make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /ufm
COPY . .
RUN make .venv/plain
CMD ["make", "verify"]
