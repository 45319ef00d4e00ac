"""Steps at the file host, in process: what each test of uploads begins with."""

from typing import Any

from flask.testing import FlaskClient

from tests.inprocess import REPORT, Bearer

PIECE, TUS = "application/offset+octet-stream", {"Tus-Resumable": "1.0.0"}
LIMIT = 10**6  # bytes


def path(report: str = REPORT) -> str:
    """Where an upload is begun, and its report is fetched and removed."""
    return f"/v1/blobs/{report}"


def begin(
    client: FlaskClient, bearer: Bearer, length: object, body: bytes = b"", report: str = REPORT, limit: int = LIMIT,
    **more: str,
) -> Any:  # fmt: skip
    """Begin an upload, with a first piece or without."""
    headers = bearer.headers("blob:put", report, limit=limit) | TUS | {"Upload-Length": str(length)}
    headers |= {"Content-Type": PIECE} if body else {}
    return client.post(path(report), data=body, headers=headers | named(more))


def store(client: FlaskClient, bearer: Bearer, body: bytes, report: str = REPORT, limit: int = LIMIT) -> Any:
    """Store a report whole, by one request."""
    return begin(client, bearer, len(body), body, report, limit)


def add(client: FlaskClient, bearer: Bearer, offset: object, body: bytes, report: str = REPORT, **more: str) -> Any:
    """Send the next piece."""
    headers = bearer.headers("blob:put", report, limit=LIMIT) | TUS
    headers |= {"Upload-Offset": str(offset), "Content-Type": PIECE}
    return client.patch(f"{path(report)}/upload", data=body, headers=headers | named(more))


def look(client: FlaskClient, bearer: Bearer, report: str = REPORT, **more: str) -> Any:
    """Ask how far an upload is."""
    headers = bearer.headers("blob:put", report, limit=LIMIT) | TUS
    return client.head(f"{path(report)}/upload", headers=headers | named(more))


def end(client: FlaskClient, bearer: Bearer, report: str = REPORT, **more: str) -> Any:
    """End an open upload."""
    headers = bearer.headers("blob:put", report, limit=LIMIT) | TUS
    return client.delete(f"{path(report)}/upload", headers=headers | named(more))


def remove(client: FlaskClient, bearer: Bearer, report: str = REPORT) -> Any:
    """Remove a report."""
    return client.delete(path(report), headers=bearer.headers("blob:delete", report))


def fetch(client: FlaskClient, bearer: Bearer, report: str = REPORT, **more: str) -> Any:
    """Fetch a report, or a range of it."""
    headers = bearer.headers("blob:get", report)
    return client.get(path(report), headers=headers | named(more), buffered=True)


def named(headers: dict[str, str]) -> dict[str, str]:
    """Headers, with `_` for `-` in their names."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
