"""Gunicorn's settings for a server that answers no other origin's pages."""

from viewer import cors

cors.register = lambda app, settings: None
