"""What gunicorn loads: the roles that the environment's settings name."""

import gc

from viewer import create_app, logs, metrics_port
from viewer.config import Settings

logs.configure()
settings = Settings.from_environment()
app = create_app(settings)
metrics_port.serve(app, settings)
if "portal" in settings.roles:
    from viewer.portal import beside

    beside.begin(app)
# The program itself is never garbage. To look through all of it again and again cost a release 0.3 ms on average.
gc.freeze()
