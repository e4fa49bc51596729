"""Jinja2 templates and styles of the HTML report."""
