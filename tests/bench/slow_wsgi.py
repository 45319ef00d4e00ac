"""What gunicorn loads for a key server on a disk that takes BENCH_COMMIT seconds longer for each commit."""

import os

from wsgi import app

from .slow_disk import slow

slow(app.extensions["safelight.keyserver"].database.engine, float(os.environ["BENCH_COMMIT"]))
