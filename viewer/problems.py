"""What goes wrong, told: one kind of exception, as JSON to programs and as a page to people."""

import errno
import logging

from flask import Flask, Response, current_app, jsonify, render_template, request
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.exceptions import HTTPException

from .text import N_, _

_log = logging.getLogger("safelight")
# What a machine runs out of or is not let at; with the next try it may be there.
_WANTING = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT}
_WANTING |= {errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}
_SENTENCES = {
    404: (
        N_("Nothing here"),
        N_("This address leads nowhere. If it came in a message, tap the link in it again."),
    ),
    405: (N_("Not this way"), N_("This address cannot be used like that.")),
    413: (N_("Too large"), N_("What was sent is larger than this server takes.")),
    500: (N_("Something broke"), N_("The fault is ours. Nothing was lost; please try again in a moment.")),
}


class Problem(Exception):
    """An answer that is not the wanted one.

    `error` is a fixed word for programs, `message` a sentence for a person that names the way out, in English, or in
    the person's language where it holds a value (text.py); `more` is told to programs beside them.
    """

    def __init__(self, status: int, error: str, message: str, **more: int) -> None:
        super().__init__(error)
        self.status, self.error, self.message, self.more = status, error, message, more


def bad_pass() -> Problem:
    """The one answer for a pass or a proof that does not hold, whatever is wrong with it."""
    return Problem(401, "bad_pass", "This request's pass is not valid any more. Reload the page and try again.")


def not_available() -> Problem:
    """The one answer for what is not there and what is somebody else's: strangers cannot tell them apart."""
    return Problem(404, "not_available", "There are no photos for this account.")


def is_program(path: str) -> bool:
    """Tell whether programs, not people, call this path: they are answered in JSON."""
    return path.startswith(("/api/", "/v1/", "/.well-known/"))


def register(app: Flask) -> None:
    """Answer problems, HTTP errors, a database that cannot write, and bugs."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _bug)


def _problem(problem: Problem) -> Response:
    response = jsonify(error=problem.error, message=_(problem.message), **problem.more)
    response.status_code = problem.status
    if problem.error in ("bad_pass", "wrong_time"):
        response.headers["WWW-Authenticate"] = 'DPoP algs="ES256"'  # RFC 9449, section 7.1
    if problem.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    title, sentence = _SENTENCES.get(code, (N_("That did not work"), N_("Please go back and try again.")))
    # Only the portal has pages, and what they are drawn with.
    if is_program(request.path) or "portal" not in current_app.extensions["safelight"].roles:
        response = jsonify(error=(error.name or "error").lower().replace(" ", "_"), message=_(sentence))
    else:
        response = Response(render_template("problem.html", title=_(title), sentence=_(sentence)))
    response.status_code = code
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _database(error: DBAPIError) -> Response:
    """A disk that is full or read-only, a lock that is never free: nothing was done, try again."""
    if isinstance(error, DataError):  # such as PostgreSQL's for a NUL in text: nothing can have that as its name
        return _problem(Problem(400, "bad_request", "This request holds what no name of anything holds."))
    _log.error("database cannot be used: %s at %s", type(error.orig).__name__, _route())
    return _busy()


def _busy() -> Response:
    return _problem(Problem(503, "busy", "The server is busy. Nothing was lost; try again in a moment."))


def _bug(error: Exception) -> Response:
    # The message of an unforeseen exception may quote what it choked on: only its kind is logged.
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    line = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    _log.error("unexpected %s at %s (%s)", type(error).__name__, line, _route())
    if isinstance(error, OSError) and error.errno in _WANTING:
        return _busy()
    return _problem(Problem(500, "bug", _SENTENCES[500][1]))


def _route() -> str:
    """The route's template: addresses hold ids, and are not logged."""
    return f"{request.method} {request.url_rule.rule if request.url_rule else '(no route)'}"
