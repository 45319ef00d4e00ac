"""The key server, on a disk that takes BENCH_COMMIT seconds longer for each commit; BENCH_MOST requests go into one."""

import os
import time

from sqlalchemy import event

from viewer.keyserver import commits
from wsgi import app

engine = app.extensions["safelight.keyserver"].database.engine
slower = float(os.environ["BENCH_COMMIT"])
if slower:
    event.listen(engine, "commit", lambda connection: time.sleep(slower))
commits.MOST = int(os.environ["BENCH_MOST"])
