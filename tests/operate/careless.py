"""Gunicorn's settings for a server that is broken on purpose: its log tells the address that was asked for."""

from flask import request

from viewer import metrics

metrics.route = lambda: request.full_path
