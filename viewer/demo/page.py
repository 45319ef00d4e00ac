"""The demo's own page: the registrar's phone, and what goes on behind the scenes."""

from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from .. import assets
from ..sender.client import ClientError
from .stage import RECIPIENT, Stage

# As the product's pages, without WebAssembly, workers and Trusted Types policies: there are none here.
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_page(stage: Stage, portal: str) -> Flask:
    """Return the application that shows a stage; an inbox adds its own two routes."""
    app = Flask(__name__)
    # A page of another name that leads here (DNS rebinding) would count as our own.
    app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1"]

    @app.before_request
    def before() -> ResponseReturnValue | None:
        if request.method == "POST" and not _from_here():
            return jsonify(error="cross_site", message="This request did not come from this page."), 403
        return None

    @app.after_request
    def after(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    @app.get("/")
    def page_GET() -> ResponseReturnValue:
        return render_template("inbox.html", portal=portal, recipient=_national(RECIPIENT))

    @app.get("/state")
    def state_GET() -> ResponseReturnValue:
        return jsonify(stage.told())

    @app.post("/revoke")
    def revoke_POST() -> ResponseReturnValue:
        try:
            stage.revoke()
        except ClientError as error:
            return jsonify(error=error.error, message=str(error)), 502
        return jsonify(stage.told())

    @app.get("/product/<any('style.css', 'icon.svg'):name>")
    def product_GET(name: str) -> ResponseReturnValue:
        return send_from_directory(assets.STATIC.resolve(), name)

    return app


def _from_here() -> bool:
    """Refuse what another site's page sends: a browser always says where that comes from; a gateway says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _national(number: str) -> str:
    """Return an Australian mobile number as it is written at home: 0491 570 006."""
    digits = f"0{number.removeprefix('+61')}"
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
