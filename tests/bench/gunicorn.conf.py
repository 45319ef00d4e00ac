"""Settings of the installation that is measured: the bare page is served too, by the same server and headers."""

from pathlib import Path


def post_worker_init(worker):
    """Let the server's static files include the bare page's."""
    worker.wsgi.wsgi_app.add_files(str(Path(__file__).parent / "pages"), prefix="/bench/")
