"""What gunicorn loads: the roles that the environment's settings name."""

from viewer import create_app, logs
from viewer.config import Settings

logs.configure()
app = create_app(Settings.from_environment())
