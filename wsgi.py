"""What gunicorn loads: the roles that the environment's settings name."""

from viewer import create_app
from viewer.config import Settings

app = create_app(Settings.from_environment())
