"""Renderers, one an output format: functions of a finished report."""
