"""What goes wrong is answered by its kind: what may pass is 503, a bug is 500, and neither is quoted."""

import errno

import pytest
from flask import Flask

from viewer import gate


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.EMFILE, "Too many open files", "MRN 0042"), 503),
        (OSError(errno.ENOSPC, "No space left on device", "MRN 0042"), 503),
        (FileNotFoundError(errno.ENOENT, "No such file", "MRN 0042"), 500),
        (ValueError("MRN 0042"), 500),
    ],
    ids=["no handles", "no space", "no such file", "bug"],
)
def test_what_a_machine_runs_out_of_may_be_there_again(app: Flask, error: Exception, status: int) -> None:
    def broken() -> str:
        raise error

    app.add_url_rule("/broken", view_func=gate.public(broken), endpoint="broken")
    answer = app.test_client().get("/broken")
    assert (answer.status_code, "Retry-After" in answer.headers) == (status, status == 503)
    assert "0042" not in answer.text
